"""Point-in-time joins and windowed features, from pandas' merge_asof and time-based rolling; writes history.json and its files.

Run with pandas installed: python test/data/oracle/history.py
"""
import json
from pathlib import Path

import numpy as np
import pandas as pd

folder = Path(__file__).parent
random = np.random.default_rng(11)
start = pd.Timestamp("2025-01-01")


def instants(count, days, step):
    """Of few different ones, so that many rows are of the same instant."""
    return start + pd.to_timedelta(random.integers(0, days * 24 // step, count) * step, unit="h")


rows = 300
orders = pd.DataFrame({
    "customer": random.integers(1, 13, rows).astype(object),
    "at": instants(rows, 90, 12),
    "amount": np.round(random.gamma(2, 20, rows), 2),
    "channel": random.choice(["web", "shop", "phone"], rows),
})
orders.loc[random.choice(rows, 12, replace=False), "customer"] = None
orders.loc[random.choice(rows, 12, replace=False), "at"] = pd.NaT
orders.loc[random.choice(rows, 25, replace=False), "amount"] = np.nan
orders["paid"] = orders["at"] + pd.to_timedelta(random.integers(0, 30 * 24, rows), unit="h")
orders.loc[random.choice(rows, 20, replace=False), "paid"] = pd.NaT

count = 240
tickets = pd.DataFrame({
    "customer": random.integers(1, 15, count).astype(object),
    "opened": instants(count, 90, 6),
    "severity": random.integers(1, 6, count).astype(object),
    "topic": random.choice(["bill", "line", "move"], count),
})
tickets.loc[random.choice(count, 10, replace=False), "customer"] = None
tickets.loc[random.choice(count, 10, replace=False), "opened"] = pd.NaT
tickets.loc[random.choice(count, 15, replace=False), "severity"] = None
orders.to_csv(folder / "files" / "orders.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
tickets.to_csv(folder / "files" / "tickets.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
tickets["severity"] = tickets["severity"].astype(float)


def plain(values):
    return [None if pd.isna(value) else value if isinstance(value, str) else float(value) for value in values]


def joined(**options):
    """merge_asof wants sorted rows without gaps; what it leaves out has no match."""
    left = orders.reset_index(names="row").dropna(subset=["at", "customer"]).sort_values("at", kind="stable")
    right = tickets.dropna(subset=["opened", "customer"]).sort_values("opened", kind="stable")
    left["customer"] = left["customer"].astype(int)
    right["customer"] = right["customer"].astype(int)
    found = pd.merge_asof(left, right, left_on="at", right_on="opened", by="customer", **options)
    found = found.set_index("row").reindex(range(rows))
    return {"severity": plain(found["severity"]), "topic": plain(found["topic"]),
            "opened": [None if pd.isna(at) else at.timestamp() for at in found["opened"]]}


def rolled(frame, width, value, name, *arguments):
    """By rolling over time with closed='left': [t - width, t)."""
    known = frame.dropna(subset=["at"]).sort_values("at", kind="stable")
    rolling = known.rolling(width, on="at", closed="left", min_periods=0 if name in ("sum", "count") else 1)[value]
    return getattr(rolling, name)(*arguments).reindex(frame.index)


def by_customer(width, value, name, *arguments):
    """Rows without a customer or an instant have no past: none is counted, the rest is missing."""
    parts = [rolled(part, width, value, name, *arguments) for _, part in orders.groupby("customer")]
    found = pd.concat(parts).reindex(range(rows))
    return plain(found.fillna(0) if name in ("sum", "count") else found)


def everybody(width, value, name, *arguments):
    found = rolled(orders, width, value, name, *arguments)
    return plain(found.fillna(0) if name in ("sum", "count") else found)


windows = {}
for width in ["30D", "7D", "36500D"]:
    for name, arguments in [("count", []), ("sum", []), ("mean", []), ("std", []), ("min", []), ("max", []),
                            ("median", []), ("quantile", [0.9])]:
        windows[f"{name} {width} by customer"] = by_customer(width, "amount", name, *arguments)
        windows[f"{name} {width}"] = everybody(width, "amount", name, *arguments)


def past_of(row, events, time, width=None, shift=pd.Timedelta(0), skip=0):
    """By the definition, row by row, for what rolling cannot say."""
    at = orders.at[row, "at"]
    customer = orders.at[row, "customer"]
    if pd.isna(at) or customer is None or pd.isna(customer):
        return events.iloc[:0]
    end = at - shift
    found = events[(events["customer"] == customer) & (events[time] < end)]
    if width is not None:
        found = found[found[time] >= end - width]
    found = found.sort_values(time, kind="stable")
    return found.iloc[: max(0, len(found) - skip)]


def each(of, **options):
    return plain([of(past_of(row, **options)) for row in range(rows)])


def nth(column, back):
    return lambda past: past[column].iloc[-back] if len(past) >= back else None


month = pd.Timedelta(days=30)
# A value counts once it is paid for, never before the order.
paid = orders.assign(known=orders[["at", "paid"]].max(axis=1).where(orders["paid"].notna() & orders["at"].notna()))
defined = {
    "lag 1 channel": each(nth("channel", 1), events=orders, time="at"),
    "lag 2 amount": each(nth("amount", 2), events=orders, time="at"),
    "lag 1 amount 30D": each(nth("amount", 1), events=orders, time="at", width=month),
    "mean amount 30D shift 5D": each(lambda p: p["amount"].mean(), events=orders, time="at", width=month,
                                     shift=pd.Timedelta(days=5)),
    "mean amount shift 2 rows": each(lambda p: p["amount"].mean(), events=orders, time="at", skip=2),
    "lag 1 amount shift 2 rows": each(nth("amount", 1), events=orders, time="at", skip=2),
    "mean amount 30D paid": each(lambda p: p["amount"].mean(), events=paid, time="known", width=month),
    "rows": each(len, events=orders, time="at"),
    "max channel": each(lambda p: p["channel"].max() if len(p) else None, events=orders, time="at"),
    "tickets 30D": each(len, events=tickets, time="opened", width=month),
    "severity 30D": each(lambda p: p["severity"].sum(), events=tickets, time="opened", width=month),
    "web share": each(lambda p: (p["channel"] == "web").mean() if len(p) else None, events=orders, time="at"),
    "last topic": each(nth("topic", 1), events=tickets, time="opened"),
}
out = {
    "join": joined(),
    "join within 10D": joined(tolerance=pd.Timedelta(days=10)),
    "windows": windows,
    "defined": defined,
}
(folder / "history.json").write_text(json.dumps(out))
print({key: sum(value is not None for value in values) for key, values in defined.items()})
