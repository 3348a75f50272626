"""scikit-learn's random forests on its bundled tables and a generated one: what forest must reach.

python test/models/oracle/forest.py   (from the repository root; writes forest.json beside itself)
The rows come from gbdt.json where the table stands there already.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score

here = Path(__file__).parent
tables = []
for table in json.loads((here / "gbdt.json").read_text())["tables"]:
    x, y = np.array(table["columns"]).T, np.array(table["target"])
    kind = RandomForestRegressor if table["task"] == "regression" else RandomForestClassifier
    scores, oob = [], []
    for seed, folds in enumerate(table["folds"]):
        folds = np.array(folds)
        for fold in range(5):
            train, test = folds != fold, folds == fold
            model = kind(200, max_features="sqrt", oob_score=True, random_state=seed, n_jobs=2).fit(x[train], y[train])
            oob.append(model.oob_score_)
            if table["task"] == "regression":
                scores.append(r2_score(y[test], model.predict(x[test])))
            elif table["task"] == "binary":
                scores.append(roc_auc_score(y[test], model.predict_proba(x[test])[:, 1]))
            else:
                scores.append(roc_auc_score(y[test], model.predict_proba(x[test]), multi_class="ovr", average="macro"))
    tables.append({"name": table["name"], "score": float(np.mean(scores)), "oob": float(np.mean(oob))})
(here / "forest.json").write_text(json.dumps({"tables": tables}, indent=1) + "\n")
for table in tables:
    print(table)
