"""Expected features of table.csv, by pandas and scikit-learn. Run: python features.py (writes table.csv, features.json)."""
import hashlib
import json
import pathlib

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

here = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
rows, train = 160, 110

levels = ["Köln", "Bonn", "York, N.", 'a "b"', " padded", "rare1", "rare2", "0070", "x#code"]
city = random.choice(levels, rows, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.02, 0.02, 0.06, 0.05]).astype(object)
city[random.random(rows) < 0.1] = ""
city[-3:] = ["new in test", "Bonn ", ""]
size = random.choice(["10", "9", "100", "2"], rows).astype(object)
size[5] = ""
zips = np.array([f"{z:05d}" for z in random.integers(1000, 1040, rows)], dtype=object)
age = np.round(random.normal(40, 12, rows), 2)
age[random.random(rows) < 0.15] = np.nan
income = np.round(random.lognormal(10, 1, rows), 1) - 20000
opened = pd.Series(
    pd.Timestamp("1999-12-25") + pd.to_timedelta(random.integers(0, 4 * 365 * 86400, rows), unit="s")
).dt.floor("s")
text = opened.dt.strftime("%Y-%m-%dT%H:%M:%S").astype(object)
text[[3, 17]] = ""
bought = (random.random(rows) < 0.3 + 0.4 * (city == "Bonn") + 0.2 * np.isin(zips, ["01003", "01007"])).astype(int)
grade = random.integers(0, 3, rows)
spent = np.round(random.gamma(2, 30, rows), 2)

frame = pd.DataFrame(
    {
        "city": city, "size": size, "zip": zips, "age": age, "income": income,
        "opened": text, "bought": bought, "grade": grade, "spent": spent, "decade": np.round(age / 10),
    }
)
frame.to_csv(here / "table.csv", index=False, quoting=1)

as_float = lambda column: frame[[column]].to_numpy(np.float32).astype(float)
out = {}


def keep(name, values):
    values = np.asarray(values, dtype=float)
    out[name] = [None if np.isnan(v) else float(v) for v in values.ravel(order="F")]


def fitted(transformer, values, target=None):
    return transformer.fit(values[:train], None if target is None else target[:train]).transform(values)


# Numbers: fill, then scale, on training rows.
for impute in ["mean", "median"]:
    for name, scaler in [("standard", StandardScaler()), ("robust", RobustScaler()), ("minmax", MinMaxScaler())]:
        for column in ["age", "income"]:
            keep(f"{column} {impute} {name}", fitted(make_pipeline(SimpleImputer(strategy=impute), scaler), as_float(column)))
keep("age constant", fitted(SimpleImputer(strategy="constant", fill_value=0), as_float("age")))
keep("age indicator", fitted(MissingIndicator(), as_float("age")))
keep("age standard", fitted(StandardScaler(), as_float("age")))
signed = lambda f: FunctionTransformer(lambda x: np.sign(x) * f(np.abs(x)))
keep("income log1p standard", fitted(make_pipeline(signed(np.log1p), StandardScaler()), as_float("income")))
keep("income sqrt", fitted(signed(np.sqrt), as_float("income")))
power = PowerTransformer(standardize=False)
keep("income yeo-johnson", fitted(power, as_float("income")))
keep("age yeo-johnson standard", fitted(PowerTransformer(), as_float("age")))
# As many quantiles as training rows that have a value.
ranks = lambda form, values: QuantileTransformer(
    n_quantiles=int((~np.isnan(values[:train])).sum()), output_distribution=form, subsample=None
)
rounded = frame[["decade"]].to_numpy(np.float32).astype(float)
for name, values in [("age", as_float("age")), ("income", as_float("income")), ("decade", rounded)]:
    known = np.isin(values, values[:train]) | np.isnan(values)
    if name == "decade":
        # The places of scikit-learn's quantiles miss whole ones by a rounding, which tears ties apart: SciPy's ranks.
        present = values[:train][~np.isnan(values[:train])]
        middle = (stats.rankdata(present, "average") - 1) / (len(present) - 1)
        middle[present == present.min()], middle[present == present.max()] = 0, 1
        share = dict(zip(present, middle))
        uniform = np.array([share.get(value, np.nan) for value in values[:, 0]]).reshape(-1, 1)
        scores = np.clip(stats.norm.ppf(uniform), stats.norm.ppf(1e-7), -stats.norm.ppf(1e-7))
        assert known.all()
    else:
        uniform, scores = fitted(ranks("uniform", values), values), fitted(ranks("normal", values), values)
    keep(f"{name} rank", uniform)
    # Between quantiles normal scores are straight here and curved there: told for rows at a quantile only.
    keep(f"{name} quantile", np.where(known, scores, 99))
    for by, strategy in [("quantile", "quantile"), ("width", "uniform")]:
        options = {"quantile_method": "linear"} if by == "quantile" else {}
        bins = KBinsDiscretizer(5, encode="ordinal", strategy=strategy, subsample=None, **options)
        present = ~np.isnan(values[:, 0])
        bins.fit(values[:train][present[:train]])
        binned = np.full(rows, np.nan)
        binned[present] = bins.transform(values[present])[:, 0]
        keep(f"{name} bins {by}", binned)
    for of, target, tree in [
        ("spent", spent, DecisionTreeRegressor),
        ("grade", grade, DecisionTreeClassifier),
        ("bought", bought, DecisionTreeClassifier),
    ]:
        grown = tree(max_leaf_nodes=5, min_samples_leaf=int(present[:train].sum() // 25), random_state=0)
        grown.fit(values[:train][present[:train]], target[:train][present[:train]])
        edges = np.sort(grown.tree_.threshold[grown.tree_.feature >= 0])
        binned = np.full(rows, np.nan)
        binned[present] = np.searchsorted(edges, values[present, 0], side="right")
        keep(f"{name} bins tree {of}", binned)
# More rows than quantiles: i² mod 3001 takes each value but 0 twice.
squares = (np.arange(3001) ** 2 % 3001).astype(float).reshape(-1, 1)
keep("squares rank", QuantileTransformer(n_quantiles=1000, subsample=None).fit(squares).transform(np.arange(-1, 3003, 13).reshape(-1, 1)))
low, high = np.percentile(as_float("income")[:train], [1, 99])
keep("income winsorize", np.clip(as_float("income"), low, high))
low, high = np.percentile(as_float("income")[:train], [25, 75])
keep("income clip", np.clip(as_float("income"), low - 1.5 * (high - low), high + 1.5 * (high - low)))

# Categories. A level is known from 6 % of the training rows on; '' is a level of its own.
counts = frame["city"][:train].value_counts()
known = sorted(level for level in counts.index if level != "" and counts[level] >= 0.06 * train)
pooled = np.where(np.isin(city, [*known, ""]), city, "(other)")
onehot = OneHotEncoder(categories=[["", *known, "(other)"]], sparse_output=False)
keep("city onehot", onehot.fit_transform(pooled.reshape(-1, 1)))
out["city levels"] = known
mode = counts.drop("").idxmax()
keep("city mode onehot", onehot.fit_transform(np.where(pooled == "", mode, pooled).reshape(-1, 1))[:, 1:])
order = OrdinalEncoder(
    categories=[["2", "9", "10", "100"]], handle_unknown="use_encoded_value", unknown_value=4, encoded_missing_value=-1
)
keep("size ordinal", np.where(size == "", -1, order.fit_transform(np.where(size == "", "2", size).reshape(-1, 1))[:, 0]))
keep("zip count", [frame["zip"][:train].value_counts().get(z, 0) for z in zips])

# Target encoding: of all rows, and of training rows without their own fold (row % 4).
folds = np.arange(train) % 4
for name, target, kind in [("bought", bought, "binary"), ("grade", grade, "multiclass"), ("spent", spent, "continuous")]:
    encoder = lambda: TargetEncoder(smooth=10.0, target_type=kind)
    column = zips.reshape(-1, 1)
    keep(f"zip target {name}", encoder().fit(column[:train], target[:train]).transform(column))
    crossed = np.empty((train, 3 if kind == "multiclass" else 1))
    for fold in range(4):
        others = folds != fold
        fold_encoder = encoder().fit(column[:train][others], target[:train][others])
        crossed[~others] = fold_encoder.transform(column[:train][~others])
    keep(f"zip crossed {name}", crossed)

# Calendar parts.
dates = pd.to_datetime(text, errors="coerce")
parts = {
    "year": dates.dt.year, "quarter": dates.dt.quarter, "month": dates.dt.month, "week": dates.dt.isocalendar().week,
    "day": dates.dt.day, "dayofyear": dates.dt.day_of_year, "weekday": dates.dt.day_of_week, "hour": dates.dt.hour,
    "minute": dates.dt.minute, "second": dates.dt.second, "minuteofday": dates.dt.hour * 60 + dates.dt.minute,
    "weekend": (dates.dt.day_of_week >= 5).where(dates.notna()),
}
for name, values in parts.items():
    keep(f"opened {name}", pd.Series(values).astype("Float64").to_numpy(float, na_value=np.nan))
angle = 2 * np.pi * (dates.dt.month - 1) / 12
keep("opened month sin", np.sin(angle))
keep("opened month cos", np.cos(angle))

for zone in ["Europe/Paris", "America/New_York", "Australia/Lord_Howe"]:
    local = pd.Series(dates).dt.tz_localize("UTC").dt.tz_convert(zone).dt
    for name, values in [("day", local.day), ("dayofyear", local.day_of_year), ("hour", local.hour), ("minute", local.minute)]:
        keep(f"opened {zone} {name}", values.astype("Float64").to_numpy(float, na_value=np.nan))

# Hashes, crosses. A pair is known from 2 % of the training rows on, as is each of its levels.
digest = lambda level: int.from_bytes(hashlib.sha256(level.encode()).digest()[:4], "little")
keep("zip hash", [1 + digest(z) % 16 if z in set(zips[:train]) else 17 for z in zips])
def pool(values):
    seen = pd.Series(values[:train]).value_counts()
    kept = {level for level in seen.index if level not in ("", "(missing)") and seen[level] >= 0.02 * train}
    return np.array([v if v in kept else "(missing)" if v in ("", "(missing)") else "(other)" for v in values], dtype=object)
pairs = pool(city) + " × " + pool(size)
pairs[pairs == "(missing) × (missing)"] = "(missing)"
out["city × size"] = list(pool(pairs))
keep("income × spent", PolynomialFeatures(interaction_only=True, include_bias=False).fit_transform(
    np.hstack([as_float("income"), as_float("spent")]))[:, 2])

json.dump(out, open(here / "features.json", "w"))
