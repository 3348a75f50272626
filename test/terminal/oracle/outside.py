"""Runs the built command on tables of many kinds and checks what it leaves behind from outside (check.py).

Run: python test/terminal/oracle/outside.py dist/cli.js [case ...]      exits 1 when anything disagrees
"""

import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

from check import NULLS, Checks, check_run, number

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def write_csv(path, columns, delimiter=",", encoding="utf-8", quote=csv.QUOTE_MINIMAL):
    with open(path, "w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quote, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))


def cells(values):
    """Text cells as the reader should see them: null spellings are missing, quoted ones too."""
    return [None if v in NULLS else v for v in values]


def table(columns, target, typed=str, **more):
    raw = {name: cells(values) for name, values in columns.items()}
    targets = [None if v is None else typed(v) for v in raw[target]]
    return {"columns": raw, "targets": targets, **more}


def experiment(folder, text):
    with open(os.path.join(folder, "x.experiment.yaml"), "w", encoding="utf-8") as file:
        file.write(text)


def signal(random, n):
    """A number with gaps, a category, a second number, and a chance that depends on them."""
    x, z = random.normal(size=n), random.normal(size=n)
    c = random.choice(["red", "green", "blue", "dark blue"], n, p=[0.4, 0.3, 0.2, 0.1])
    logit = 1.3 * x + np.where(c == "red", 1.0, -0.5) + 0.3 * z
    number = np.where(random.random(n) < 0.08, "", np.round(x, 4).astype(str))
    return number, c, np.round(z, 3).astype(str), 1 / (1 + np.exp(-logit))


def wall(text):
    """A date cell as `YYYY-MM-DDTHH:MM:SS` in UTC, or as it stands."""
    try:
        stamp = pd.Timestamp(text)
    except ValueError:
        return text
    if stamp.tzinfo is not None:
        stamp = stamp.tz_convert("UTC").tz_localize(None)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S")


@case
def binary_words(folder, random):
    n = 700
    x, c, z, p = signal(random, n)
    columns = {"x": x, "colour": np.where(random.random(n) < 0.05, "N/A", c), "z": z,
               "bought": np.where(random.random(n) < p, "yes", "no")}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: bought\n")
    return table(columns, "bought")


@case
def derived_features(folder, random):
    """Features of a row are inside the file: only raw cells go in, those of columns among them that are no features."""
    n = 700
    x, c, z, p = signal(random, n)
    day = [f"2024-{m:02}-{d:02}" for m, d in zip(random.integers(1, 13, n), random.integers(1, 29, n))]
    columns = {"x": x, "colour": np.where(random.random(n) < 0.05, "N/A", c), "z": z,
               "day": np.where(random.random(n) < 0.05, "", day),
               "bought": np.where(random.random(n) < p, "yes", "no")}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, """data: t.csv
target: bought
features:
  exclude: [colour, day]
  derive:
    - {name: ratio, expr: x / z}
    - {name: bluish, expr: "matches(colour, 'blue$') or ratio > 2"}
    - {name: shade, expr: "if(bluish, 'blue', coalesce(colour, 'none'))"}
    - {name: weekend, expr: weekday(day) >= 5}
    - {name: due, expr: day + 30.5}
model: {type: gbdt, gbdt: {trees: 20}}
""")
    return table(columns, "bought")


@case
def multiclass_words(folder, random):
    n = 900
    x, c, z, p = signal(random, n)
    kind = np.array(["große Ähre", "b c", "null-like"])[np.digitize(p + 0.2 * random.normal(size=n), [0.35, 0.65])]
    columns = {"x": x, "colour": c, "z": z, "kind": kind}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: kind\nsplit: {valid: 0.2, test: 0.25}\n")
    return table(columns, "kind")


@case
def regression_decimal_comma(folder, random):
    n = 600
    x, c, z, p = signal(random, n)
    y = np.round(10 * p + random.normal(size=n), 3)
    comma = lambda values: np.array([str(v).replace(".", ",") for v in values])
    columns = {"x": comma(x), "colour": c, "z": comma(z), "y": comma(y)}
    write_csv(f"{folder}/t.csv", columns, delimiter=";")
    experiment(folder, "data: t.csv\ntarget: y\n")
    dotted = {k: [v.replace(",", ".") for v in values] if k != "colour" else values for k, values in columns.items()}
    return table(dotted, "y", float)


@case
def binary_integers(folder, random):
    n = 800
    x, c, z, p = signal(random, n)
    columns = {"x": x, "colour": c, "z": z, "hit": (random.random(n) < p * 0.15).astype(int).astype(str)}
    write_csv(f"{folder}/t.tsv", columns, delimiter="\t")
    experiment(folder, "data: t.tsv\ntarget: hit\nmodel: {type: linear, calibrate: platt, threshold: {maximize: f1}}\n")
    return table(columns, "hit", int)


@case
def parquet_typed(folder, random):
    """Booleans, integers called categorical, decimals, zoned times, nulls."""
    from decimal import Decimal
    n = 700
    x, c, z, p = signal(random, n)
    flag = random.random(n) < 0.5
    zone = pd.to_datetime("2023-01-01", utc=True) + pd.to_timedelta(random.integers(0, 6e7, n), unit="s")
    frame = pd.DataFrame({
        "x": pd.to_numeric(pd.Series(x)), "colour": c, "flag": flag, "code": random.integers(0, 9, n),
        "ratio": random.choice([0.1, 0.25, 1.0, 1e21], n), "price": [Decimal(int(v)) / 100 for v in random.integers(100, 105, n)],
        "when": pd.Series(zone).dt.tz_convert("America/New_York"),
        "bought": random.random(n) < np.where(flag, p, p / 2)})
    frame.loc[random.random(n) < 0.1, "when"] = pd.NaT
    frame["code"] = frame["code"].astype("Int64").mask(random.random(n) < 0.1)
    frame.to_parquet(f"{folder}/t.parquet")
    experiment(folder, "data: t.parquet\ntarget: bought\nfeatures: {types: {code: categorical, ratio: categorical, price: categorical}}\n")
    raw = {name: [None if pd.isna(v) else v for v in frame[name]] for name in frame}
    rules = {"code": lambda v: str(int(v)), "ratio": repr, "price": lambda v: f"{v:.2f}", "when": wall}
    return {"columns": raw, "targets": [bool(v) for v in frame["bought"]], "rules": rules}


@case
def multiclass_floats(folder, random):
    n = 700
    x, c, z, p = signal(random, n)
    columns = {"x": x, "colour": c, "z": z, "level": np.array(["0.5", "1.0", "1.5"])[np.digitize(p, [0.3, 0.7])]}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: level\ntask: multiclass\n")
    return table(columns, "level", float)


@case
def dates_with_zones(folder, random):
    n = 800
    x, c, z, p = signal(random, n)
    seconds = random.integers(0, 5e7, n)
    stamps = [(pd.Timestamp("2022-03-01") + pd.Timedelta(int(s), "s")) for s in seconds]
    texts = [s.strftime("%Y-%m-%dT%H:%M:%S") + e for s, e in zip(stamps, random.choice(["+02:00", "Z", "-05:30"], n))]
    day = [s.strftime("%Y-%m-%d") for s in stamps]
    for row, bad in {3: "soon", 9: "2022-13-45", 20: "0000-00-00", 31: ""}.items():
        day[row] = bad
    p = np.where(np.array([s.month for s in stamps]) > 6, p, 1 - p)
    columns = {"x": x, "stamp": texts, "day": day, "won": np.where(random.random(n) < p, "true", "false")}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: won\nfeatures: {include: [x, stamp, day], types: {day: datetime}}\nsplit: {method: stratified, test: 0.3}\n")
    return table(columns, "won", lambda v: v == "true", rules={"stamp": wall, "day": wall})


@case
def quoted_cells(folder, random):
    n = 600
    x, _, z, p = signal(random, n)
    words = np.array(['a "quoted" cell', "with, comma", "two\nlines", "  padded  ", "NA", "Ünï"])
    c = random.choice(words, n)
    columns = {"x": x, "note, of the day": c, "z": z,
               "y": np.round(p + (c == "two\nlines") + 0.1 * random.normal(size=n), 4).astype(str)}
    write_csv(f"{folder}/t.csv", columns, quote=csv.QUOTE_ALL)
    experiment(folder, "data: t.csv\ntarget: y\ntask: regression\n")
    return table(columns, "y", float)


@case
def leading_zeros(folder, random):
    n = 700
    x, _, z, p = signal(random, n)
    code = random.choice(["007", "7", "07", "0010", "10", "1.0", "1"], n)
    p = np.where(np.char.startswith(code, "0"), p, 1 - p)
    columns = {"x": x, "code": code, "z": z, "bought": (random.random(n) < p).astype(int).astype(str)}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: bought\nfeatures: {types: {code: categorical}}\nmodel: linear\n")
    return table(columns, "bought", int)


@case
def unseen_levels(folder, random):
    """A time split whose later rows hold levels that training never saw."""
    n = 900
    x, c, z, p = signal(random, n)
    days = pd.date_range("2024-01-01", periods=n, freq="7h")
    c = np.where(np.arange(n) > 0.85 * n, random.choice(["violet", "teal"], n), c)
    columns = {"day": [d.strftime("%Y-%m-%d %H:%M:%S") for d in days], "x": x, "colour": c, "z": z,
               "bought": np.where(random.random(n) < p, "Y", "N")}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: {source: t.csv, time: day}\ntarget: bought\nsplit: {test: 2024-08-20, valid: 0.15}\n")
    return table(columns, "bought", rules={"day": wall}, test_from=[d >= pd.Timestamp("2024-08-20") for d in days])


@case
def filter_derive_no_target(folder, random):
    n = 900
    x, c, z, p = signal(random, n)
    delay = np.round(60 * p + 8 * random.normal(size=n), 1).astype(str)
    delay[random.random(n) < 0.1] = ""
    columns = {"x": x, "colour": c, "z": z, "price": np.round(random.gamma(2, 5, n), 2).astype(str), "delay": delay}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, """data:
  source: t.csv
  filter: price > 2
  derive:
    - {name: late, expr: delay > 30}
    - {name: per_price, expr: z / price}
target: late
""")
    raw = table(columns, "delay", float)
    price, zs = np.array(columns["price"], float), np.array(columns["z"], float)
    raw["targets"] = [None if d is None or not q > 2 else d > 30 for d, q in zip(raw["targets"], price)]
    raw["columns"]["per_price"] = [a / b if b else None for a, b in zip(zs, price)]
    raw["absent"] = ["delay", "late"]
    return raw


@case
def three_files(folder, random):
    parts, whole = {"train": 500, "valid": 150, "test": 200}, {}
    for name, n in parts.items():
        x, c, z, p = signal(random, n)
        columns = {"x": x, "colour": c, "z": z, "kind": np.array(["a", "b", "c"])[np.digitize(p, [0.35, 0.65])]}
        write_csv(f"{folder}/{name}.csv", columns)
        for key, values in columns.items():
            whole.setdefault(key, []).extend(values)
    experiment(folder, "data: {source: {train: train.csv, valid: valid.csv, test: test.csv}}\ntarget: kind\n")
    sides = [name for name, n in parts.items() for _ in range(n)]
    return table(whole, "kind", sides=sides)


@case
def groups_and_weights(folder, random):
    n = 1000
    x, c, z, p = signal(random, n)
    group = random.integers(0, 120, n)
    columns = {"id": np.arange(n).astype(str), "customer": np.char.add("c", group.astype(str)), "x": x, "colour": c,
               "weight": np.round(random.gamma(3, 0.4, n), 3).astype(str),
               "y": np.round(5 * p + 0.02 * group + random.normal(size=n), 3).astype(str)}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: {source: t.csv, id: id, group: customer, weight: weight}\ntarget: y\nsplit: {cv: 4}\n")
    return table(columns, "y", float, weights=np.array(columns["weight"], float).tolist(), group="customer", absent=["id", "customer", "weight"])


@case
def hostile_columns(folder, random):
    n = 600
    x, c, z, p = signal(random, n)
    names = ["label", "probabilities", "prediction", "row", "split", "score", "#", "/", "a b\"c'", "<b>&amp;"]
    columns = {name: (x, c, z)[i % 3] for i, name in enumerate(names)}
    columns["target"] = np.where(random.random(n) < p, "<i>yes</i>", "no/../\"'`")
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: target\nmodel: {gbdt: {trees: 60}}\nbaseline: [dummy]\n")
    return table(columns, "target")


@case
def extreme_numbers(folder, random):
    n = 600
    x, c, z, p = signal(random, n)
    big = random.integers(2**24, 2**26, n).astype(str)
    wild = np.where(random.random(n) < 0.05, random.choice(["1e39", "inf", "-inf", "1e-50"], n), np.round(random.normal(size=n), 12).astype(str))
    columns = {"x": x, "big": big, "wild": wild, "flag": random.choice(["true", "false", "TRUE", "False"], n), "z": z,
               "y": np.round(p * 1e6 + random.normal(size=n), 2).astype(str)}
    write_csv(f"{folder}/t.csv", columns)
    experiment(folder, "data: t.csv\ntarget: y\nbaseline: [dummy]\nfeatures: {types: {wild: numeric}}\n")
    return table(columns, "y", float)


@case
def json_lines(folder, random):
    n = 500
    x, c, z, p = signal(random, n)
    rows = [{"x": None if a == "" else float(a), "café": b, "n": int(k), "late": int(random.random() < q)}
            for a, b, k, q in zip(x, c, random.integers(0, 5, n), p)]
    with open(f"{folder}/t.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    experiment(folder, "data: t.jsonl\ntarget: late\nmodel: {calibrate: isotonic}\n")
    raw = {name: [row[name] for row in rows] for name in rows[0]}
    return {"columns": raw, "targets": raw["late"]}


@case
def latin1_glob(folder, random):
    """Two Latin-1 files by a glob: rows count over the files in sorted order."""
    n = 700
    x, c, z, p = signal(random, n)
    columns = {"x": x, "größe": np.where(c == "red", "façade", c), "z": z, "ja": np.where(random.random(n) < p, "ä", "ö")}
    for name, part in (("b", slice(400, n)), ("a", slice(0, 400))):
        write_csv(f"{folder}/part-{name}.csv", {k: v[part] for k, v in columns.items()}, encoding="latin-1")
    experiment(folder, "data: {source: part-*.csv, read: {encoding: latin-1}}\ntarget: ja\npositive: ö\n")
    return table(columns, "ja")


def run(cli, folder, *arguments):
    done = subprocess.run(["node", cli, *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    try:
        return done.returncode, json.loads(done.stdout), done.stderr
    except json.JSONDecodeError:
        return done.returncode, {"error": done.stdout}, done.stderr


def check_layout(checks, known, predictions):
    """What only some cases know: sides, groups, cut dates."""
    side = dict(zip(predictions["row"], predictions["split"]))
    if "sides" in known:
        checks.same("sides are the files", [s for r, s in sorted(side.items()) if known["sides"][r] != s][:3], [])
    if "group" in known:
        groups = known["columns"][known["group"]]
        test = {groups[r] for r in predictions.loc[predictions["split"] == "test", "row"]}
        train = {groups[r] for r in predictions.loc[predictions["split"] == "train", "row"]}
        checks.same("groups on both sides", sorted(test & train)[:3], [])
    if "test_from" in known:
        wrong = [r for r, s in side.items() if (s == "test") != known["test_from"][r]]
        checks.same("rows on the wrong side of the date", wrong[:3], [])


def check_applied(checks, cli, folder, document, predictions, data):
    """`predict` and `evaluate` on the run's own table."""
    model = f"run:{document['run']['id']}"
    finals = predictions if document["rows"]["valid"] else predictions[predictions["split"] != "valid"]
    finals = finals.set_index("row")
    for ending, read in (("parquet", pd.read_parquet), ("csv", lambda p: pd.read_csv(p, keep_default_na=False)), ("jsonl", lambda p: pd.read_json(p, lines=True, dtype=False)), ("arrow", pd.read_feather)):
        code, answer, err = run(cli, folder, "predict", model, data, "-o", f"out.{ending}", "--json")
        checks.same(f"predict .{ending} exit", code, 0)
        if code:
            checks.true(f"predict .{ending}: {answer} {err[-300:]}", False)
            continue
        out = read(os.path.join(folder, answer["output"])).set_index("row")
        checks.same(f"predict .{ending} rows", answer["rows"], len(out))
        common = finals.index.intersection(out.index)
        checks.same(f"predict .{ending} scores the run's rows", len(common), len(finals))
        for name in [c for c in out.columns if c.startswith("score")] or ["prediction"]:
            got, said = out.loc[common, name].astype(float), finals.loc[common, name].astype(float)
            checks.true(f"predict .{ending} {name} differs by {np.abs(got - said).max()}", np.abs(got - said).max() <= 1e-6)
    code, answer, err = run(cli, folder, "evaluate", model, data, "--json")
    checks.same(f"evaluate exit {answer.get('error')}", code, 0)


def check_case(cli, name, keep):
    folder = os.path.join(keep, name)
    os.makedirs(folder)
    known = CASES[name](folder, np.random.default_rng(abs(sum(map(ord, name)))))
    checks = Checks(name)
    code, document, err = run(cli, folder, "run", "x.experiment.yaml", "--json")
    if "run" not in document or code not in (0, 1):
        checks.true(f"exit {code}: {json.dumps(document)[:600]} {err[-300:]}", False)
        return checks
    predictions = check_run(checks, folder, document, known)
    check_layout(checks, known, predictions)
    for column in known.get("absent", []):
        checks.true(f"{column} is no feature", all(f["name"] != column for f in document["features"]))
    data = next((f for f in sorted(os.listdir(folder)) if f.startswith("t.")), None)
    if data:
        check_applied(checks, cli, folder, document, predictions, data)
    code, shown, _ = run(cli, folder, "runs", "show", document["run"]["id"], "--json")
    checks.same("runs show gives the same document", shown, document)
    primary = document["metric"]
    print(f"  {document['task']:10} {len(document['features'])} features  {primary} {number(document['metrics']['test'][primary]['value']):.4f}"
          f"  parity {document['parity']['maxAbsDifference']:.2g}")
    return checks


def main():
    cli = os.path.abspath(sys.argv[1])
    chosen = sys.argv[2:] or list(CASES)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="outside-") as keep:
        for name in chosen:
            print(name, flush=True)
            checks = check_case(cli, name, keep)
            print(f"  {checks.passed} agree, {len(checks.faults)} do not")
            for fault in checks.faults[:12]:
                print(f"    {fault}")
            failed += len(checks.faults)
    sys.exit(1 if failed else 0)


main()
