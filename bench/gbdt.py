"""The peers of bench/gbdt.ts: one fit each of LightGBM and XGBoost on the table that it wrote; prints seconds as JSON.

python bench/gbdt.py FOLDER ROWS COLUMNS THREADS
"""

import json
import sys
import time

import lightgbm
import numpy as np
import xgboost
from sklearn.metrics import roc_auc_score

folder, rows, columns, threads = sys.argv[1], *map(int, sys.argv[2:5])


def read(name, count):
    features = np.fromfile(f"{folder}/{name}.columns", np.float32).reshape(columns, count).T
    return np.ascontiguousarray(features), np.fromfile(f"{folder}/{name}.target", np.float32)


def timed(fit):
    start = time.perf_counter()
    model = fit()
    return time.perf_counter() - start, model


train, target = read("train", rows)
test, truth = read("test", 50_000)

seconds, model = timed(lambda: lightgbm.train(
    dict(objective="binary", learning_rate=0.1, num_leaves=31, max_depth=6, max_bin=255, min_data_in_leaf=20,
         lambda_l2=1.0, num_threads=threads, verbose=-1),
    lightgbm.Dataset(train, target), num_boost_round=100))
result = {"lightgbm": seconds, "lightgbmAuc": roc_auc_score(truth, model.predict(test))}

seconds, model = timed(lambda: xgboost.train(
    dict(objective="binary:logistic", eta=0.1, max_leaves=31, max_depth=6, grow_policy="lossguide", max_bin=255,
         tree_method="hist", reg_lambda=1.0, nthread=threads),
    xgboost.QuantileDMatrix(train, target, max_bin=255, nthread=threads), num_boost_round=100))
result |= {"xgboost": seconds, "xgboostAuc": roc_auc_score(truth, model.predict(xgboost.DMatrix(test)))}
print(json.dumps(result))
