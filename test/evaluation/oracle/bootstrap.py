"""Writes bootstrap.json: percentile intervals of 20,000 resamples drawn by numpy, metrics by scikit-learn.

Run: python test/evaluation/oracle/bootstrap.py > test/evaluation/oracle/bootstrap.json
"""
import json

import numpy as np
import sklearn.metrics as m

random = np.random.default_rng(7)
n = 300
y = (random.random(n) < 0.35).astype(int)
noise = random.normal(size=n)
score = (1 / (1 + np.exp(-(noise + 1.2 * y - 0.8)))).astype(np.float32).astype(float)
other = (1 / (1 + np.exp(-(0.7 * noise + random.normal(size=n) + 0.9 * y - 0.8)))).astype(np.float32).astype(float)

metrics = {
    "roc_auc": m.roc_auc_score,
    "pr_auc": m.average_precision_score,
    "log_loss": m.log_loss,
    "f1": lambda y, s: m.f1_score(y, s >= 0.5),
}
drawn = {name: [] for name in metrics}
differences = []
for _ in range(20000):
    rows = random.integers(0, n, n)
    for name, metric in metrics.items():
        drawn[name].append(metric(y[rows], score[rows]))
    differences.append(drawn["roc_auc"][-1] - m.roc_auc_score(y[rows], other[rows]))
print(
    json.dumps(
        {
            "target": y.tolist(),
            "score": score.tolist(),
            "other": other.tolist(),
            "intervals": {name: np.quantile(values, [0.025, 0.975]).tolist() for name, values in drawn.items()},
            "difference": np.quantile(differences, [0.025, 0.975]).tolist(),
        }
    )
)
