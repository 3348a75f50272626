"""The peers of bench/gbdt.ts: one fit each of LightGBM, XGBoost and HistGradientBoosting on the table that it wrote.

python bench/peers/gbdt.py FOLDER ROWS COLUMNS CATEGORIES THREADS   (the last columns are categories, as codes; prints JSON)
"""

import json
import sys
import time

import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

folder, rows, columns, categories, threads = sys.argv[1], *map(int, sys.argv[2:6])
coded = list(range(columns - categories, columns))
kinds = ["q"] * (columns - categories) + ["c"] * categories


def read(name, count):
    features = np.fromfile(f"{folder}/{name}.columns", np.float32).reshape(columns, count).T
    return np.ascontiguousarray(features), np.fromfile(f"{folder}/{name}.target", np.float32)


train, target = read("train", rows)
test, truth = read("test", 50_000)


def fit_lightgbm():
    data = lightgbm.Dataset(train, target, categorical_feature=coded)
    settings = dict(
        objective="binary", learning_rate=0.1, num_leaves=31, max_depth=6, max_bin=255, min_data_in_leaf=20, lambda_l2=1.0,
        num_threads=threads, verbose=-1,
    )
    model = lightgbm.train(settings, data, num_boost_round=100)
    return lambda: model.predict(test)


def fit_xgboost():
    data = xgboost.QuantileDMatrix(
        train, target, max_bin=255, nthread=threads, feature_types=kinds, enable_categorical=True
    )
    settings = dict(
        objective="binary:logistic", eta=0.1, max_leaves=31, max_depth=6, grow_policy="lossguide", max_bin=255,
        tree_method="hist", reg_lambda=1.0, nthread=threads,
    )
    model = xgboost.train(settings, data, num_boost_round=100)
    return lambda: model.predict(xgboost.DMatrix(test, feature_types=kinds, enable_categorical=True))


def fit_scikit():
    model = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.1, max_leaf_nodes=31, max_depth=6, max_bins=255, min_samples_leaf=20,
        l2_regularization=1.0, early_stopping=False, categorical_features=coded or None,
    )
    with threadpool_limits(threads):
        model.fit(train, target)
    return lambda: model.predict_proba(test)[:, 1]


out = {}
for name, fit in [("lightgbm", fit_lightgbm), ("xgboost", fit_xgboost), ("scikit-learn", fit_scikit)]:
    start = time.perf_counter()
    predict = fit()
    seconds = time.perf_counter() - start
    out[name] = {"seconds": seconds, "auc": roc_auc_score(truth, predict())}
print(json.dumps(out))
