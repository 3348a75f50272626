"""XGBoost's own models and raw scores of the table of realLightgbm.json: what `engine: xgboost` must be.

python test/models/oracle/realXgboost.py   (writes realXgboost.json beside itself; xgboost 3.2.0, the version of `engine install`)
"""

import json
from pathlib import Path

import numpy as np
import xgboost

STEPS, MIN_LEAF = 6, 10
SETTINGS = dict(
    tree_method="hist", grow_policy="lossguide", eta=0.1, max_leaves=7, max_depth=4, subsample=0.8, colsample_bytree=0.8,
    alpha=0.1, max_bin=63, seed=7, nthread=1, verbosity=0,
)
OBJECTIVES = {
    "binary": dict(objective="binary:logistic"),
    "multiclass": dict(objective="multi:softprob", num_class=3),
    "regression": dict(objective="reg:squarederror"),
    "count": dict(objective="count:poisson"),
    "quantile": dict(objective="reg:quantileerror", quantile_alpha=0.7),
}


def first_hessian(task, target):
    """The mean over rows (and classes) of the loss's second derivative at the base, as XGBoost's objectives have it."""
    shares = np.bincount(target.astype(int)) / len(target) if task in ("binary", "multiclass") else None
    if task == "binary":
        return shares[1] * (1 - shares[1])
    if task == "multiclass":
        return np.mean(2 * shares * (1 - shares))
    return np.mean(target) * np.exp(0.7) if task == "count" else 1


def ranked(codes, target, seen):
    """Ranks of codes by the mean target of the rows that have them; what was not seen comes last."""
    means = {code: target[seen == code].mean() for code in np.unique(seen)}
    order = sorted(means, key=lambda code: (means[code], code))
    return [order.index(code) if code in means else len(order) for code in codes]


def table(columns):
    return np.array([[np.nan if v is None else v for v in column] for column in columns], dtype=np.float32).T


folder = Path(__file__).parent
given = json.load(open(folder / "realLightgbm.json"))
known, asked = table(given["columns"]), table(given["asked"])
out = {}
for task, objective in OBJECTIVES.items():
    target = np.array(given["cases"][task]["target"], dtype=float)
    rows = {}
    for name, cells in [("known", known), ("asked", asked)]:
        cells = cells.copy()
        cells[:, 3] = ranked(cells[:, 3], target, known[:, 3])
        rows[name] = xgboost.DMatrix(cells, feature_types=["q", "q", "q", "c"], enable_categorical=True)
    rows["known"].set_label(target.astype(np.float32))
    settings = {**SETTINGS, **objective, "lambda": 1, "min_child_weight": MIN_LEAF * first_hessian(task, target)}
    booster = xgboost.train(settings, rows["known"], STEPS)
    out[task] = {
        "text": booster.save_raw("json").decode(),
        "raw": booster.predict(rows["asked"], output_margin=True).ravel().astype(float).tolist(),
    }
json.dump(out, open(folder / "realXgboost.json", "w"))
