"""Row features as pandas and numpy have them: nullable types keep the logic of three values. Run: python derived.py

Numbers come in as float32 (what it cannot hold is null), are compared as float32, computed in double and rounded to
float32; dates are whole seconds of 1600 to 2399. Each expression of the language stands beside the same in Python.
"""

import json
import pathlib

import numpy as np
import pandas as pd

here = pathlib.Path(__file__).parent
cells = {
    "price": ["20.1", "", "1e39", "-5", "0", "3.75", "1e30", "0.1"],
    "visits": ["3", "0", "2", "", "7", "-1", "1e-5", "4"],
    "flag": ["true", "false", "", "true", "false", "", "true", "false"],
    "plan": ["pro", "", "Basic", "naïve", "Pro", "a b", "pro ", "it's"],
    "signed": ["2024-02-29T23:30:00", "soon", "1599-12-31", "2024-03-01", "1969-12-31T23:59:59", "", "2399-12-31", "2023-02-30"],
    "seen": ["2024-03-01", "2024-01-01", "", "2025-01-01T06:00:00", "1970-01-01", "2000-02-29", "1600-01-01", "2024-05-05"],
}


def number(texts):
    with np.errstate(over="ignore"):
        single = np.array([float(t) if t else np.nan for t in texts]).astype("float32")
    return pd.array(pd.Series(np.where(np.isfinite(single), single, np.nan).astype("float64")), dtype="Float64")


def moment(texts):
    """numpy reads any year of the calendar; pandas' own nanoseconds would end in 2262."""
    def one(text):
        try:
            value = np.datetime64(text, "s") if text else np.datetime64("NaT")
        except ValueError:
            return np.datetime64("NaT")
        within = np.datetime64("1600-01-01", "s") <= value < np.datetime64("2400-01-01", "s")
        return value if within else np.datetime64("NaT")
    return pd.Series(np.array([one(t) for t in texts], dtype="datetime64[us]"))


price, visits = number(cells["price"]), number(cells["visits"])
flag = pd.array([None if t == "" else t == "true" for t in cells["flag"]], dtype="boolean")
plan = pd.array([t or None for t in cells["plan"]], dtype="string")
signed, seen = moment(cells["signed"]), moment(cells["seen"])
f32 = lambda x: pd.array(np.asarray(x.to_numpy("float64", na_value=np.nan), "float32"), dtype="Float32") if not np.isscalar(x) else np.float32(x)
days = lambda a, b: pd.array((a - b).dt.total_seconds() / 86400, dtype="Float64")
some = lambda condition: condition.fillna(False).to_numpy(bool)
either = lambda condition, a, b: pd.Series(np.where(some(condition), a, b))
null = lambda x: pd.array(pd.isna(x), dtype="boolean")
log = lambda x: pd.array(pd.Series(np.log(np.where(x.to_numpy("float64", na_value=np.nan) > 0, x.to_numpy("float64", na_value=np.nan), np.nan))), dtype="Float64")
shift = lambda d, n: pd.Series(d.to_numpy() + np.round(np.asarray(n, "float64") * 86400e6).astype("timedelta64[us]"))
least = lambda *all: pd.concat([pd.Series(a) for a in all], axis=1).astype("Float64").min(axis=1, skipna=False)
quotient = price / pd.array(pd.Series(visits).where(pd.Series(visits).fillna(1) != 0), dtype="Float64")

expressions = {
    "price / visits": quotient,
    "price * 2 - visits": price * 2 - visits,
    "-price": -price,
    "price * 1e20": price * 1e20,
    "abs(price) + flag": abs(price) + pd.array(flag, dtype="Float64"),
    "log(price)": log(price),
    "min(price, visits, 3)": least(price, visits, pd.array([3.0] * 8)),
    "clip(price, 0, 20)": pd.Series(price).clip(0, 20),
    "coalesce(price, visits, 1)": pd.Series(price).fillna(pd.Series(visits)).fillna(1),
    "if(price > visits, price, visits)": either(pd.array(price > visits, dtype="boolean"), price, visits),
    "price == 20.1": f32(price) == f32(20.1),
    "price != 0.1": f32(price) != f32(0.1),
    "price in -5..3.75": (f32(price) >= f32(-5)) & (f32(price) <= f32(3.75)),
    "price not in [0, 20.1]": ~((f32(price) == f32(0)) | (f32(price) == f32(20.1))),
    "flag and price > 0": flag & (price > 0),
    "flag or visits < 3": flag | (visits < 3),
    "not (flag and plan == 'pro')": ~(flag & pd.array(plan == "pro", dtype="boolean")),
    "price is null or flag": null(price) | flag,
    "isnull(flag)": null(flag),
    "plan != 'pro'": pd.array(plan != "pro", dtype="boolean"),
    "plan in ['pro', 'a b']": pd.array((plan == "pro") | (plan == "a b"), dtype="boolean"),
    "matches(plan, '^[pP]ro$')": plan.str.contains("^[pP]ro$") if hasattr(plan, "str") else pd.Series(plan).str.contains("^[pP]ro$"),
    "coalesce(plan, 'none')": pd.Series(plan).fillna("none"),
    "if(flag, plan, 'no')": either(flag, pd.Series(plan), "no"),
    "signed - seen": days(signed, seen),
    "days(seen, 2000-01-01)": days(seen, pd.Timestamp("2000-01-01")),
    "hour(signed)": pd.array(signed.dt.hour, dtype="Float64"),
    "weekday(seen)": pd.array(seen.dt.dayofweek, dtype="Float64"),
    "signed >= 2024-03-01": pd.array([pd.NA if pd.isna(d) else d >= pd.Timestamp("2024-03-01") for d in signed], dtype="boolean"),
    "signed + 0.75": shift(signed, 0.75),
    "seen - 400": shift(seen, -400),
    "max(signed, seen)": pd.Series([pd.NaT if pd.isna(a) or pd.isna(b) else max(a, b) for a, b in zip(signed, seen)]),
}


def plain(value):
    """Null is None; numbers as float32; dates whole seconds, those outside the calendar null."""
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (pd.Timestamp, np.datetime64)):
        second = int(np.datetime64(value, "us").astype("int64") // 1_000_000)
        return second if -11_676_096_000 <= second < 13_569_465_600 else None
    with np.errstate(over="ignore"):
        single = float(np.float32(value))
    return single if np.isfinite(single) else None


rows = {text: [plain(v) for v in pd.Series(values)] for text, values in expressions.items()}
(here / "derived.json").write_text(json.dumps({"cells": cells, "expressions": rows}, ensure_ascii=False, indent=1) + "\n")
