"""LightGBM's own models and raw scores of a table with missing values and a category: what `engine: lightgbm` must be.

python test/models/oracle/realLightgbm.py   (writes realLightgbm.json beside itself; lightgbm 4.7.0, the version of `engine install`)
"""

import json
from pathlib import Path

import lightgbm
import numpy as np

SETTINGS = (
    "learning_rate=0.1 num_leaves=7 max_depth=4 min_data_in_leaf=10 bagging_fraction=0.8 bagging_freq=1 "
    "feature_fraction=0.8 lambda_l1=0.1 lambda_l2=1 max_bin=63 categorical_feature=3 seed=7 num_threads=1 "
    "deterministic=true force_row_wise=true verbosity=-1"
)
random = np.random.default_rng(3)
rows = 400
numbers = np.round(random.normal(size=(rows, 3)), 3)
numbers[random.random((rows, 3)) < 0.1] = np.nan
numbers[:, 2] = np.round(np.nan_to_num(numbers[:, 2]), 1)
codes = random.integers(0, 9, rows)
effect = random.normal(size=9)[codes]
score = np.nan_to_num(numbers[:, 0]) - np.isnan(numbers[:, 1]) + effect + 0.5 * numbers[:, 2] + random.normal(size=rows)
targets = {
    "binary": (score > 0).astype(int),
    "multiclass": np.digitize(score, [-1, 1]),
    "regression": np.round(score, 3),
    "count": random.poisson(np.exp(0.5 * score)),
    "quantile": np.round(score, 3),
}
objectives = {
    "binary": "binary", "multiclass": "multiclass num_class=3", "regression": "regression", "count": "poisson",
    "quantile": "quantile alpha=0.7",
}
# Rows to score hold codes and values that training does not.
features = np.column_stack([numbers, codes]).astype(np.float32)
asked = features.copy()
asked[:5, 3] = 9
asked[5:10, 2] = np.nan
asked[10:15, :2] = 1e30
out = {"columns": [], "asked": [], "cases": {}}
for name, table in [("columns", features), ("asked", asked)]:
    out[name] = [[None if np.isnan(v) else float(v) for v in column] for column in table.T]
for task, target in targets.items():
    pairs = dict(pair.split("=") for pair in f"objective={objectives[task]} {SETTINGS}".split(" "))
    data = lightgbm.Dataset(np.asfortranarray(features), target.astype(np.float32), params=pairs, categorical_feature=[3])
    booster = lightgbm.train({k: v for k, v in pairs.items() if k != "categorical_feature"}, data, 12)
    out["cases"][task] = {
        "target": target.tolist(),
        "text": booster.model_to_string(),
        "raw": booster.predict(asked, raw_score=True).ravel().tolist(),
    }
json.dump(out, open(Path(__file__).with_suffix(".json"), "w"))
