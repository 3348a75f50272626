"""The peer of bench/linear.ts: scikit-learn's logistic regression by each solver that suits; prints the fastest as JSON.

python bench/peers/linear.py FOLDER ROWS NUMBERS CATEGORIES LEVELS
"""

import json
import sys
import time

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

folder, rows, numbers, categories, levels = sys.argv[1], *map(int, sys.argv[2:6])
dense = np.fromfile(f"{folder}/train.columns", np.float32).reshape(numbers, rows).T.astype(np.float64)
target = np.fromfile(f"{folder}/train.target", np.float32)
codes = [np.fromfile(f"{folder}/codes{j}", np.uint16) for j in range(categories)]
onehot = [sparse.csr_matrix((np.ones(rows), (np.arange(rows), code)), shape=(rows, levels)) for code in codes]
wide = np.hstack([dense] + [part.toarray() for part in onehot])
tables = {
    "lbfgs": sparse.csr_matrix(sparse.hstack([sparse.csr_matrix(dense), *onehot])),
    "lbfgs (dense)": wide,
    "newton-cholesky": wide,
}
results = []
for name, table in tables.items():
    start, cpu = time.perf_counter(), time.process_time()
    model = LogisticRegression(solver=name.split(" ")[0], max_iter=1000).fit(table, target)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    results.append({"solver": name, "seconds": seconds, "cpu": cpu, "loss": log_loss(target, model.predict_proba(table)[:, 1])})
print(json.dumps(min(results, key=lambda each: each["seconds"])))
