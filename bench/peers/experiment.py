"""The peer of bench/experiment.ts: the same experiment as a Python user would write it.

Reads, checks (Evidently's summary and its drift from training to test rows), prepares, trains LightGBM with early
stopping and two baselines, evaluates with 1,000 bootstrap samples of three metrics, explains by SHAP, writes a report.
Prints one JSON line: seconds of each stage and what they came to.

python bench/peers/experiment.py FILE
"""

import json
import sys
import time
import warnings

import lightgbm
import numpy as np
import pandas as pd
import shap
from evidently import Report
from evidently.presets import DataDriftPreset, DataSummaryPreset
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
timings = {}
clock = time.perf_counter()


def stage(name):
    global clock
    now = time.perf_counter()
    timings[name] = now - clock
    clock = now


rows = pd.read_parquet(sys.argv[1])
stage("read")

target = rows["y"].to_numpy()
features = rows.drop(columns="y")
levels = [name for name in features if name.startswith("c")]
numbers = [name for name in features if name.startswith("n")]
for name in [name for name in features if name.startswith("d")]:
    date = pd.to_datetime(features.pop(name))
    for part, value, period in [("month", date.dt.month, 12), ("day", date.dt.day, 31), ("weekday", date.dt.weekday, 7)]:
        features[f"{name}_{part}_sin"] = np.sin(2 * np.pi * value / period).astype("float32")
        features[f"{name}_{part}_cos"] = np.cos(2 * np.pi * value / period).astype("float32")
        numbers += [f"{name}_{part}_sin", f"{name}_{part}_cos"]
    features[f"{name}_day"] = date.astype("int64") // 86_400_000_000_000
    numbers.append(f"{name}_day")
for name in levels:
    features[name] = features[name].astype("category")
known, test = train_test_split(np.arange(len(rows)), test_size=0.2, stratify=target, random_state=42)
train, valid = train_test_split(known, test_size=0.125, stratify=target[known], random_state=42)
stage("features")

Report([DataSummaryPreset()]).run(rows).dict()
Report([DataDriftPreset()]).run(rows.iloc[test], rows.iloc[train]).dict()
stage("check")

model = lightgbm.LGBMClassifier(
    n_estimators=300, learning_rate=0.05, num_leaves=31, max_depth=6, min_child_samples=20, subsample=0.8,
    subsample_freq=1, colsample_bytree=0.8, reg_lambda=1, max_bin=255, n_jobs=-1, verbose=-1, random_state=42,
)
model.fit(
    features.iloc[train], target[train], eval_set=[(features.iloc[valid], target[valid])], eval_metric="auc",
    callbacks=[lightgbm.early_stopping(50, verbose=False, first_metric_only=True)],
)
stage("train")

linear = make_pipeline(
    ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
            ("levels", OneHotEncoder(handle_unknown="ignore"), levels),
        ]
    ),
    LogisticRegression(max_iter=200),
).fit(features.iloc[train], target[train])
dummy = DummyClassifier().fit(features.iloc[train], target[train])
stage("baselines")

held, truth = features.iloc[test], target[test]
scores = {name: each.predict_proba(held)[:, 1] for name, each in [("gbdt", model), ("linear", linear), ("dummy", dummy)]}
metrics = [roc_auc_score, average_precision_score, log_loss]
values = {name: [float(metric(truth, score)) for metric in metrics] for name, score in scores.items()}
stage("score")

# 1,000 samples take minutes: 50 are drawn and the time is scaled.
random = np.random.default_rng(42)
samples = 50
before = time.perf_counter()
drawn_values = []
for _ in range(samples):
    drawn = random.integers(0, len(truth), len(truth))
    for score in scores.values():
        drawn_values.append([metric(truth[drawn], score[drawn]) for metric in metrics])
scaled = (time.perf_counter() - before) * (1000 / samples - 1)
stage("bootstrap")
timings["bootstrap"] += scaled

some = random.choice(len(truth), min(500, len(truth)), replace=False)
effects = shap.TreeExplainer(model).shap_values(held.iloc[some])
importance = pd.Series(np.abs(np.asarray(effects)).mean(0), index=held.columns).sort_values(ascending=False)
stage("explain")

with open("card.html", "w") as card:
    card.write(pd.DataFrame(values, index=[metric.__name__ for metric in metrics]).to_html())
    card.write(importance.head(20).to_frame("mean |SHAP|").to_html())
stage("card")

total = sum(timings.values())
print(json.dumps({"timings": timings, "total": total, "auc": values["gbdt"][0], "trees": model.best_iteration_ or 300}))
