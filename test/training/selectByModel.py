"""Selection by scikit-learn's Lasso, LogisticRegression and RFE of standardised columns, some of them noise; writes selectByModel.json.

Run with scikit-learn installed: python test/training/selectByModel.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.feature_selection import RFE
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(2)
n, p = 300, 9
columns = (random.normal(size=(n, p)) * 10.0 ** np.arange(-2, p - 2)).astype(np.float32)
x = StandardScaler().fit_transform(columns.astype(float))
score = x[:, 0] - 0.8 * x[:, 3] + 0.5 * x[:, 7]
value = score + random.normal(size=n)
label = (score + random.logistic(size=n) > 0).astype(int)
strength = lambda variance: np.sqrt(variance * 2 * n * np.log(p))
squared, logistic = strength(value.var()), strength(label.mean() * (1 - label.mean()))
lasso = Lasso(alpha=squared / n, tol=1e-12, max_iter=100_000).fit(x, value)
sparse = LogisticRegression(penalty="l1", C=1 / logistic, solver="saga", tol=1e-10, max_iter=200_000).fit(x, label)
rfe = RFE(LogisticRegression(C=1, tol=1e-10, max_iter=10_000), n_features_to_select=2, step=1).fit(x, label)
out = {
    "columns": columns.T.astype(float).tolist(), "value": value.tolist(), "label": label.tolist(),
    "strength": {"regression": squared, "binary": logistic},
    "l1": {"regression": np.abs(lasso.coef_).tolist(), "binary": np.abs(sparse.coef_[0]).tolist()},
    "rfe": np.flatnonzero(rfe.support_).tolist(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out))
print(out["l1"], out["rfe"])
