"""What BorutaPy keeps of the table of selectByModel.json, by a forest of the same size; writes borutaKept.json beside it.

Run with the Boruta package and scikit-learn installed: python test/training/borutaKept.py
"""
import json
from pathlib import Path

import numpy as np
from boruta import BorutaPy
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

table = json.loads(Path(__file__).with_name("selectByModel.json").read_text())
x = np.asarray(table["columns"]).T
kept = {}
for task, target, family in [
    ("regression", table["value"], RandomForestRegressor),
    ("binary", table["label"], RandomForestClassifier),
]:
    options = {} if task == "binary" else {"max_features": "sqrt"}
    forest = family(n_estimators=100, max_depth=7, random_state=1, **options)
    selector = BorutaPy(forest, n_estimators=100, alpha=0.01, two_step=False, max_iter=100, random_state=1)
    selector.fit(x, np.asarray(target))
    kept[task] = np.flatnonzero(selector.support_).tolist()
Path(__file__).with_suffix(".json").write_text(json.dumps(kept) + "\n")
print(kept)
