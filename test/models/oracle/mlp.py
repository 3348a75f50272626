"""scikit-learn's MLP on its own bundled tables, cross-validated: what our networks must reach.

python test/models/oracle/mlp.py   (from the repository root; writes mlp.json beside itself)
Needs numpy and scikit-learn. The tables and folds are those of gbdt.json; both sides standardise by the training rows.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
SETTINGS = dict(hidden_layer_sizes=(32, 16), batch_size=32, learning_rate_init=0.003, alpha=0, max_iter=15)
TABLES = ["breast cancer", "wine", "diabetes"]
tables = json.loads((Path(__file__).parent / "gbdt.json").read_text())["tables"]


def score(task, target, model, features):
    if task == "regression":
        return r2_score(target, model.predict(features))
    probabilities = model.predict_proba(features)
    if task == "binary":
        return roc_auc_score(target, probabilities[:, 1])
    return roc_auc_score(target, probabilities, multi_class="ovr", average="macro")


result = {}
for table in tables:
    if table["name"] not in TABLES:
        continue
    features, target = np.array(table["columns"], np.float32).T, np.array(table["target"])
    task, folds = table["task"], np.array(table["folds"][0])
    # A network of scikit-learn does not standardise the target; ours does.
    values = (target - target.mean()) / target.std() if task == "regression" else target
    scores = []
    for fold in range(5):
        train = folds != fold
        for seed in range(3):
            kind = MLPRegressor if task == "regression" else MLPClassifier
            model = make_pipeline(StandardScaler(), kind(**SETTINGS, random_state=seed)).fit(features[train], values[train])
            scores.append(score(task, values[~train], model, features[~train]))
    result[table["name"]] = float(np.mean(scores))
    print(table["name"], result[table["name"]])
Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
