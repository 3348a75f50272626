"""Writes the planted files of files/ and what pandas and pyarrow read from them (reads.json), and describes a table (profile.json).

Run with Python 3, pandas, pyarrow and NumPy: python reads.py
Values: numbers as numbers, text as text, dates as whole epoch seconds, missing and not finite as null.
"""

import datetime
import decimal
import json
import math
import os
import sqlite3

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

here = os.path.dirname(os.path.abspath(__file__))
files = os.path.join(here, "files")
nulls = ["", "NA", "N/A", "NaN", "null", "NULL", "None"]


def path(name):
    return os.path.join(files, name)


def numbers(series):
    return [None if v is None or pd.isna(v) or math.isinf(v) else float(v) for v in series]


def texts(series):
    return [None if v is None or pd.isna(v) or v == "" else str(v) for v in series]


def epochs(series):
    times = pd.to_datetime(series, utc=True, format="ISO8601")
    return [None if pd.isna(t) else math.floor(t.timestamp()) for t in times]


def write(name, text, encoding="utf-8"):
    with open(path(name), "wb") as f:
        f.write(text.encode(encoding))


def read(name, **options):
    return pd.read_csv(path(name), keep_default_na=False, na_values=nulls, **options)


cases = []


def case(file, columns, rows, **spec):
    cases.append({"file": file, "spec": spec, "rows": rows, "columns": columns})


# CSV: kinds, null spellings (quoted ones too), quotes, line breaks in quotes, blank lines.
write(
    "plain.csv",
    "id,amount,share,ok,day,note,void\n"
    '1,10,0.5,TRUE,2024-01-31,"a, b",\n'
    '2,NA,1e-3,false,2024-02-29,"say ""hi""",NA\n'
    "\n"
    '3,-7,N/A,,1969-12-31,"two\nlines",null\n'
    '4,"NaN",-2.5E2,True,None, spaced ,NULL\n'
    "5,0,.25,FALSE,2399-12-31,é𝄞,None\n",
)
frame = read("plain.csv")
case(
    "plain.csv",
    {
        "id": {"kind": "numeric", "values": numbers(frame["id"])},
        "amount": {"kind": "numeric", "values": numbers(frame["amount"])},
        "share": {"kind": "numeric", "values": numbers(frame["share"])},
        "ok": {"kind": "boolean", "values": [1.0, 0.0, None, 1.0, 0.0]},
        "day": {"kind": "datetime", "values": epochs(frame["day"])},
        "note": {"kind": "categorical", "values": texts(frame["note"])},
        "void": {"kind": "numeric", "values": numbers(frame["void"])},
    },
    len(frame),
)

# Codes stay as written where the column is said to be categorical.
write("codes.csv", "zip,flag,n\n00501,TRUE,1.50\n7,false,2.0\nNA,,3\n")
frame = read("codes.csv", dtype=str)
case(
    "codes.csv",
    {name: {"kind": "categorical", "values": texts(frame[name])} for name in frame},
    len(frame),
    kinds={"zip": "categorical", "flag": "categorical", "n": "categorical"},
)

# Delimiters and the decimal comma.
write("semicolon.csv", "x;y;z\n1,5;-0,25;a,b\n2;1,0;c\n;3,125;d\n")
frame = read("semicolon.csv", sep=";", decimal=",")
semicolon = {
    "x": {"kind": "numeric", "values": numbers(frame["x"])},
    "y": {"kind": "numeric", "values": numbers(frame["y"])},
    "z": {"kind": "categorical", "values": texts(frame["z"])},
}
case("semicolon.csv", semicolon, len(frame))
for name, sep in [("tabs.tsv", "\t"), ("tabs.csv", "\t"), ("pipes.csv", "|")]:
    write(name, sep.join(["a", "b"]) + "\n" + sep.join(["1", "x, y"]) + "\n" + sep.join(["2", "z;w"]) + "\n")
    frame = read(name, sep=sep)
    case(
        name,
        {"a": {"kind": "numeric", "values": numbers(frame["a"])}, "b": {"kind": "categorical", "values": texts(frame["b"])}},
        len(frame),
    )

# Encodings and line ends.
text = "name,n\nMünchen,1\nŁódź,2\n"
for name, encoding in [("utf8-bom.csv", "utf-8-sig"), ("utf16.csv", "utf-16"), ("utf16be-bare.csv", "utf-16-be")]:
    write(name, text, encoding)
    frame = read(name, encoding=encoding)
    case(name, {"name": {"kind": "categorical", "values": texts(frame["name"])}, "n": {"kind": "numeric", "values": numbers(frame["n"])}}, len(frame))
write("latin1.csv", "name,n\nMünchen,1\nSão Paulo,2\n", "latin-1")
frame = read("latin1.csv", encoding="latin-1")
latin = {"name": {"kind": "categorical", "values": texts(frame["name"])}, "n": {"kind": "numeric", "values": numbers(frame["n"])}}
case("latin1.csv", latin, len(frame))
case("latin1.csv", latin, len(frame), read={"encoding": "latin-1"})
write("mixed-ends.csv", "a,b\r\n1,x\n2,y\r\n3,z\r")
frame = read("mixed-ends.csv")
case(
    "mixed-ends.csv",
    {"a": {"kind": "numeric", "values": numbers(frame["a"])}, "b": {"kind": "categorical", "values": texts(frame["b"])}},
    len(frame),
)

# Times: zones become UTC, fractions are cut, also before 1970.
stamps = ["2024-03-31T01:30:00+01:00", "2024-03-31 00:30:00.999", "1969-12-31T23:59:59.5Z", "2024-01-01T10:00", "2024-01-01", "1965-06-01 12:00:00-0330"]
write("times.csv", "t,n\n" + "".join(f"{t},{i}\n" for i, t in enumerate(stamps)))
case("times.csv", {"t": {"kind": "datetime", "values": epochs(pd.Series(stamps))}}, len(stamps))

# A letter in the last row: the column is text, whole.
values = [str(i) for i in range(3000)] + ["12x"]
write("late-letter.csv", "v\n" + "\n".join(values) + "\n")
case("late-letter.csv", {"v": {"kind": "categorical", "values": texts(read("late-letter.csv", dtype=str)["v"])}}, len(values))

# Typed sources.
typed = pd.DataFrame(
    {
        "i": pd.array([1, None, -3], dtype="Int64"),
        "small": np.array([1, -2, 3], dtype="int16"),
        "unsigned": np.array([1, 2, 2**63 + 2048], dtype="uint64"),
        "f": [1.5, np.nan, np.inf],
        "f32": np.array([0.1, -2.5, 3.0], dtype="float32"),
        "b": [True, False, None],
        "s": ["x", None, "NA"],
        "t": pd.to_datetime(["2024-01-01 10:00:00.123456", None, "1969-12-31 23:59:59.5"]),
        "zone": pd.to_datetime(["2024-01-01 10:00:00+02:00", "2024-07-01 10:00:00+02:00", None], utc=True).tz_convert("Europe/Paris"),
        "c": pd.Categorical(["a", "b", "a"]),
        "d": [datetime.date(2024, 1, 1), None, datetime.date(1960, 2, 29)],
        "dec": [decimal.Decimal("1.50"), None, decimal.Decimal("-2.25")],
    }
)
table = pa.Table.from_pandas(typed)
pa.parquet.write_table(table, path("typed.parquet"))
for compression in ["uncompressed", "lz4", "zstd"]:
    pa.feather.write_feather(table, path(f"typed-{compression}.feather"), compression=compression)
with pa.ipc.new_stream(path("typed.arrows"), table.schema) as writer:
    writer.write_table(table)
expected = {
    "i": {"kind": "numeric", "values": numbers(typed["i"])},
    "small": {"kind": "numeric", "values": numbers(typed["small"])},
    "unsigned": {"kind": "numeric", "values": numbers(typed["unsigned"])},
    "f": {"kind": "numeric", "values": numbers(typed["f"])},
    "f32": {"kind": "numeric", "values": numbers(typed["f32"])},
    "b": {"kind": "boolean", "values": [1.0, 0.0, None]},
    "s": {"kind": "categorical", "values": texts(typed["s"])},
    "t": {"kind": "datetime", "values": epochs(typed["t"])},
    "zone": {"kind": "datetime", "values": epochs(typed["zone"])},
    "c": {"kind": "categorical", "values": texts(typed["c"])},
    "d": {"kind": "datetime", "values": epochs(pd.Series(typed["d"]))},
    "dec": {"kind": "numeric", "values": numbers(typed["dec"].astype(float))},
}
for name in ["typed.parquet", "typed-uncompressed.feather", "typed-lz4.feather", "typed-zstd.feather", "typed.arrows"]:
    case(name, expected, 3)
# As categories: whole numbers plain, decimals at their scale, floats in the shortest form that reads back.
said = {name: "categorical" for name in ["i", "small", "unsigned", "b", "dec", "f32"]}
case(
    "typed.parquet",
    {
        "i": {"kind": "categorical", "values": ["1", None, "-3"]},
        "small": {"kind": "categorical", "values": ["1", "-2", "3"]},
        "unsigned": {"kind": "categorical", "values": [str(v) for v in typed["unsigned"]]},
        "b": {"kind": "categorical", "values": ["true", "false", None]},
        "dec": {"kind": "categorical", "values": [None if v is None else str(v) for v in typed["dec"]]},
        "f32": {"kind": "categorical", "values": [str(np.float32(v)) for v in typed["f32"]]},
    },
    3,
    kinds=said,
)

# JSON has no null spellings.
records = [{"a": 1, "b": "NA", "when": "2024-05-01"}, {"a": None, "b": "", "when": None}, {"a": 2.5, "b": "x", "when": "2024-05-02"}]
json_columns = {
    "a": {"kind": "numeric", "values": [1.0, None, 2.5]},
    "b": {"kind": "categorical", "values": ["NA", None, "x"]},
    "when": {"kind": "datetime", "values": epochs(pd.Series([r["when"] for r in records]))},
}
write("records.json", json.dumps(records))
write("records.jsonl", "".join(json.dumps(record) + "\n" for record in records))
case("records.json", json_columns, 3)
case("records.jsonl", json_columns, 3)

# SQLite: the only table, or a query.
if os.path.exists(path("shop.sqlite")):
    os.remove(path("shop.sqlite"))
database = sqlite3.connect(path("shop.sqlite"))
database.execute("create table orders(id integer, price real, item text, day text)")
orders = [(1, 9.5, "NA", "2024-01-01"), (2, None, None, "2024-01-02"), (2**40, -1.0, "cup", None)]
database.executemany("insert into orders values(?, ?, ?, ?)", orders)
database.commit()
database.execute("vacuum")
database.close()
case(
    "shop.sqlite",
    {
        "id": {"kind": "numeric", "values": [float(o[0]) for o in orders]},
        "price": {"kind": "numeric", "values": numbers(pd.Series([o[1] for o in orders], dtype=float))},
        "item": {"kind": "categorical", "values": [o[2] for o in orders]},
        "day": {"kind": "datetime", "values": epochs(pd.Series([o[3] for o in orders]))},
    },
    3,
)
case("shop.sqlite", {"twice": {"kind": "numeric", "values": [2.0, 4.0]}}, 2, read={"query": "select 2 * id as twice from orders where id < 10"})

with open(os.path.join(here, "reads.json"), "w") as f:
    json.dump(cases, f, indent=1, allow_nan=False)

# A table to describe: skewed numbers, many and few distinct values, missing ones, text and dates.
rng = np.random.default_rng(7)
rows = 5000
table = pd.DataFrame(
    {
        "amount": np.round(rng.lognormal(3, 1.5, rows), 6),
        "count": rng.poisson(3, rows).astype("int64"),
        "flag": rng.random(rows) < 0.3,
        "city": rng.choice(["Oslo", "Rome", "Łódź", "Bern"], rows, p=[0.5, 0.3, 0.15, 0.05]),
        "code": [f"K{i:05d}" for i in rng.permutation(rows)],
        "at": pd.Timestamp("2023-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 86400 * 400, rows)), unit="s"),
    }
)
table.loc[rng.random(rows) < 0.1, "amount"] = np.nan
table["city"] = table["city"].astype(object)
table.loc[rng.random(rows) < 0.02, "city"] = None
table.to_parquet(path("profile.parquet"), index=False)

levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]


def top(series):
    counts = series.dropna().rename("value").value_counts().rename("n").reset_index()
    counts.columns = ["value", "count"]
    counts = counts.sort_values(["count", "value"], ascending=[False, True]).head(10)
    return [{"value": v.item() if hasattr(v, "item") else v, "count": int(n)} for v, n in zip(counts["value"], counts["count"])]


def iso(t):
    return t.floor("s").strftime("%Y-%m-%dT%H:%M:%S")


described = {}
for name, series in table.items():
    entry = {"missing": int(series.isna().sum()), "distinct": int(series.nunique())}
    if name in ("amount", "count"):
        entry.update(min=float(series.min()), max=float(series.max()), mean=float(series.mean()), std=float(series.std()))
        entry["quantiles"] = {str(q): float(series.quantile(q)) for q in levels}
    if name == "at":
        entry.update(min=iso(series.min()), max=iso(series.max()), quantiles={str(q): iso(series.quantile(q)) for q in levels})
    if name in ("count", "flag", "city"):
        entry["top"] = top(series)
    described[name] = entry
with open(os.path.join(here, "profile.json"), "w") as f:
    json.dump({"rows": rows, "columns": described}, f, indent=1)
