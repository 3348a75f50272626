"""LightGBM on scikit-learn's bundled tables (repeated cross-validation) and on 100,000 flights: what gbdt must reach.

python test/models/oracle/gbdt.py   (from the repository root; writes gbdt.json beside itself)
Needs numpy, pandas, pyarrow, scikit-learn, lightgbm and node_modules/vega-datasets.
"""

import json
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold

SETTINGS = dict(
    n_estimators=100, learning_rate=0.1, max_depth=6, num_leaves=31, min_child_samples=20, subsample=0.8,
    subsample_freq=1, colsample_bytree=0.8, reg_lambda=1.0, max_bin=255, n_jobs=2, verbose=-1,
)
SEEDS = range(5)


def score(task, target, model, features):
    if task == "regression":
        return r2_score(target, model.predict(features))
    probabilities = model.predict_proba(features)
    if task == "binary":
        return roc_auc_score(target, probabilities[:, 1])
    return roc_auc_score(target, probabilities, multi_class="ovr", average="macro")


def new_model(task, seed):
    kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    return kind(**SETTINGS, random_state=seed)


def cross_validate(name, task, features, target, runs=1):
    """`runs`: fits of each fold with other seeds; small noisy tables need more for a mean to hold still."""
    features = features.astype(np.float32)
    folds, scores = [], []
    for seed in SEEDS:
        splitter = (KFold if task == "regression" else StratifiedKFold)(5, shuffle=True, random_state=seed)
        of_row = np.zeros(len(target), int)
        for fold, (train, test) in enumerate(splitter.split(features, target)):
            of_row[test] = fold
            for run in range(runs):
                model = new_model(task, seed + 100 * run).fit(features[train].astype(float), target[train])
                scores.append(score(task, target[test], model, features[test].astype(float)))
        folds.append(of_row.tolist())
    columns = [[float(f"{value:.9g}") for value in column] for column in features.T]
    return {"name": name, "task": task, "runs": runs, "columns": columns, "target": target.tolist(), "folds": folds, "lightgbm": float(np.mean(scores))}


def flights():
    """Every 30th flight; the tests read the same rows. Time parts as numbers, airports as categories."""
    table = pd.read_parquet("node_modules/vega-datasets/data/flights-3m.parquet").iloc[::30].head(100_000)
    date = pd.to_datetime(table["date"])
    features = pd.DataFrame({
        "month": date.dt.month, "day": date.dt.day, "weekday": date.dt.weekday,
        "minute": date.dt.hour * 60 + date.dt.minute, "distance": table["distance"],
        "origin": table["origin"].astype("category"), "destination": table["destination"].astype("category"),
    }).reset_index(drop=True)
    target = (table["delay"] > 15).to_numpy().astype(int)
    # Every fifth row is for testing.
    test = np.arange(len(target)) % 5 == 4
    scores = []
    for seed in SEEDS:
        model = new_model("binary", seed).fit(features[~test], target[~test])
        scores.append(score("binary", target[test], model, features[test]))
    return {"rows": len(target), "positives": int(target.sum()), "lightgbm": float(np.mean(scores))}


def main():
    digits = datasets.load_digits(return_X_y=True)
    tables = [
        cross_validate("breast cancer", "binary", *datasets.load_breast_cancer(return_X_y=True)),
        cross_validate("wine", "multiclass", *datasets.load_wine(return_X_y=True)),
        cross_validate("iris", "multiclass", *datasets.load_iris(return_X_y=True)),
        cross_validate("diabetes", "regression", *datasets.load_diabetes(return_X_y=True), runs=6),
        cross_validate("digits, the first 600", "multiclass", digits[0][:600], digits[1][:600]),
    ]
    result = {"tables": tables, "flights": flights()}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
    for table in tables:
        print(table["name"], table["lightgbm"])
    print("flights", result["flights"])


main()
