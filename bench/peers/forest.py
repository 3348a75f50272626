"""The peer of bench/forest.ts: scikit-learn's random forest with its out-of-bag score; prints seconds as JSON.

python bench/peers/forest.py FOLDER ROWS COLUMNS TREES THREADS
"""

import json
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

folder, rows, columns, trees, threads = sys.argv[1], *map(int, sys.argv[2:6])


def read(name, count):
    features = np.fromfile(f"{folder}/{name}.columns", np.float32).reshape(columns, count).T
    return np.ascontiguousarray(features), np.fromfile(f"{folder}/{name}.target", np.float32)


train, target = read("train", rows)
test, truth = read("test", 50_000)
start, cpu = time.perf_counter(), time.process_time()
model = RandomForestClassifier(trees, oob_score=True, random_state=1, n_jobs=threads).fit(train, target)
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({"seconds": seconds, "cpu": cpu, "auc": roc_auc_score(truth, model.predict_proba(test)[:, 1])}))
