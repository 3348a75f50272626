"""What pandas says of rows that lie outside what training saw: the numbers behind test/runs/contract.test.ts.

python test/runs/oracle/contract.py   (from the repository root; writes contract*.csv and contract.json beside itself)
Needs numpy and pandas. Training rows are those of contractTrain.csv; contractNew.csv holds what is predicted.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
random = np.random.default_rng(11)


def rows(count, cities, low, high):
    table = pd.DataFrame(
        {
            "age": np.round(random.uniform(low, high, count), 3),
            "fee": np.round(random.lognormal(1, 0.6, count), 4),
            "visits": random.integers(0, 9, count),
            "city": random.choice(cities, count),
            "code": [f"c{n}" for n in random.integers(0, 4000, count)],
            "day": pd.to_datetime("2024-01-01") + pd.to_timedelta(random.integers(0, 500, count), "D"),
        }
    )
    table["day"] = table["day"].dt.strftime("%Y-%m-%d")
    chance = 1 / (1 + np.exp(2 - 0.06 * (table["age"] - 30) - 0.2 * table["visits"]))
    table["late"] = (random.uniform(size=count) < chance).astype(int)
    return table


def blank(table, column, share):
    table[column] = table[column].astype(object)
    table.loc[random.uniform(size=len(table)) < share, column] = None


train = rows(1600, ["Köln", "Bonn", "Aachen", "007"], 18, 70)
blank(train, "fee", 0.05)
valid, test = rows(200, ["Köln", "Bonn"], 20, 60), rows(300, ["Köln", "Bonn", "Aachen"], 20, 68)
new = rows(400, ["Köln", "Bonn", "Essen", "7"], 10, 80)
for column, share in [("age", 0.04), ("city", 0.06), ("fee", 0.1), ("day", 0.02)]:
    blank(new, column, share)
for name, table in [("Train", train), ("Valid", valid), ("Test", test), ("New", new)]:
    table.to_csv(HERE / f"contract{name}.csv", index=False)

kinds = {"city": str, "code": str}
train, new = (pd.read_csv(HERE / f"contract{n}.csv", dtype=kinds, keep_default_na=False, na_values=[""]) for n in ["Train", "New"])
contract, outside, first = {}, [], {}


def note(column, check, mask):
    if mask.any():
        outside.append({"column": column, "check": check, "rows": int(mask.sum())})
        row = int(np.flatnonzero(mask)[0])
        if check not in first or row < first[check]["row"]:
            first[check] = {"row": row, "column": column}


for column in ["age", "fee", "visits", "city", "code", "day"]:
    seen = train[column]
    own = {"missing": bool(seen.isna().any())}
    if not own["missing"]:
        note(column, "missing", new[column].isna())
    if column in ["age", "fee", "visits"]:
        own["low"], own["high"] = (float(np.float32(f(seen.dropna()))) for f in (np.min, np.max))
        values = new[column].astype(np.float32)
        note(column, "range", (values < np.float32(own["low"])) | (values > np.float32(own["high"])))
    if column in ["city", "code"]:
        own["levels"] = int(seen.nunique())
    if column == "city":
        note(column, "unseen", new[column].notna() & ~new[column].isin(seen.unique()))
    contract[column] = own
(HERE / "contract.json").write_text(json.dumps({"contract": contract, "outside": outside, "first": first}) + "\n")
print(contract, outside, first)
