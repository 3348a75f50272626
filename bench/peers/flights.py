"""The main job as a Python user would write it: pandas, scikit-learn and LightGBM on the same rows, split and work.

Prints one JSON line: seconds of each stage, peak memory in bytes, and the test metrics.
"""
import json
import resource
import sys
import time

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

timings = {}
clock = time.perf_counter()


def stage(name):
    global clock
    now = time.perf_counter()
    timings[name] = now - clock
    clock = now


rows = pd.read_parquet(sys.argv[1])
rows["late"] = (rows["delay"] > 15).astype(int)
stage("read")

date = rows["date"]
features = pd.DataFrame({"distance": rows["distance"].astype("float32")})
for name, value, period in [
    ("month", date.dt.month, 12),
    ("day", date.dt.day, 31),
    ("weekday", date.dt.weekday, 7),
    ("minute", date.dt.hour * 60 + date.dt.minute, 1440),
]:
    features[f"{name}_sin"] = np.sin(2 * np.pi * value / period).astype("float32")
    features[f"{name}_cos"] = np.cos(2 * np.pi * value / period).astype("float32")
for name in ["origin", "destination"]:
    share = rows[name].value_counts(normalize=True)
    features[name] = rows[name].where(rows[name].map(share) >= 0.01, "other").astype("category")
stage("features")

test = (date >= "2001-06-01").to_numpy()
known = np.flatnonzero(~test)
known = known[np.argsort(date.to_numpy()[known], kind="stable")]
cut = len(known) - int(0.1 * len(rows))
train, valid = known[:cut], known[cut:]
target = rows["late"].to_numpy()
stage("split")

model = lightgbm.LGBMClassifier(
    n_estimators=1000, learning_rate=0.05, num_leaves=31, max_depth=6, min_child_samples=20, subsample=0.8,
    subsample_freq=1, colsample_bytree=0.8, reg_lambda=1, max_bin=255, n_jobs=2, verbose=-1, random_state=42,
)
model.fit(
    features.iloc[train], target[train], eval_set=[(features.iloc[valid], target[valid])], eval_metric="auc",
    callbacks=[lightgbm.early_stopping(10, verbose=False, first_metric_only=True)],
)
stage("train")

numbers = [name for name in features if features[name].dtype == "float32"]
linear = make_pipeline(
    ColumnTransformer([("numbers", StandardScaler(), numbers), ("levels", OneHotEncoder(), ["origin", "destination"])]),
    LogisticRegression(max_iter=200),
)
linear.fit(features.iloc[train], target[train])
dummy = DummyClassifier().fit(features.iloc[train], target[train])
stage("baselines")

held = features.iloc[test]
scores = {name: each.predict_proba(held)[:, 1] for name, each in [("gbdt", model), ("linear", linear), ("dummy", dummy)]}
everything = model.predict_proba(features)[:, 1]
stage("score")

metrics = {
    "roc_auc": roc_auc_score,
    "pr_auc": average_precision_score,
    "log_loss": log_loss,
    "brier": brier_score_loss,
}
truth = target[test]
random = np.random.default_rng(42)
values = {name: {metric: float(formula(truth, score)) for metric, formula in metrics.items()} for name, score in scores.items()}
# 1,000 bootstrap samples of every metric and model take hours here; 20 are drawn and the time is scaled.
samples = 20
before = time.perf_counter()
for _ in range(samples):
    drawn = random.integers(0, len(truth), len(truth))
    for score in scores.values():
        for formula in metrics.values():
            formula(truth[drawn], score[drawn])
scaled = (time.perf_counter() - before) * (1000 / samples - 1)
some = random.choice(len(truth), 5000, replace=False)
permutation_importance(model, held.iloc[some], truth[some], scoring="roc_auc", n_repeats=5, random_state=42)
stage("evaluate")
timings["evaluate"] += scaled

peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"timings": timings, "total": sum(timings.values()), "peakBytes": peak, "metrics": values, "trees": model.best_iteration_}))
