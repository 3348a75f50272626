"""A nested loop by hand: inner folds choose the penalty of a ridge regression, outer folds tell how good the choice is.
Run: python nested.py (writes nested.csv, nested.json)."""
import json
import pathlib

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
random = np.random.default_rng(6)
rows, known, columns = 250, 200, 12
X = np.round(random.normal(0, 1, (rows, columns)), 3)
y = np.round(X[:, :3] @ [1.0, -0.7, 0.4] + random.normal(0, 2, rows), 3)
with open(here / "nested.csv", "w") as file:
    file.write("at," + ",".join(f"x{i}" for i in range(columns)) + ",y\n")
    for at in range(rows):
        file.write(f"{np.datetime64('2025-01-01') + at}," + ",".join(map(str, X[at])) + f",{y[at]}\n")

strengths, folds = [1.0, 10.0, 30.0, 100.0], 4


def error(strength, train, valid):
    model = make_pipeline(StandardScaler(), Ridge(alpha=strength)).fit(X[train], y[train])
    return root_mean_squared_error(y[valid], model.predict(X[valid]))


def expanding(n):
    """Each of `folds` stretches of the first n rows is predicted from all before it; the first stretch is only trained on."""
    cuts = [n * fold // (folds + 1) for fold in range(1, folds + 1)] + [n]
    return [(np.arange(a), np.arange(a, b)) for a, b in zip(cuts, cuts[1:])]


def choose(n):
    means = [np.mean([error(s, *fold) for fold in expanding(n)]) for s in strengths]
    return strengths[int(np.argmin(means))], means


out = []
for train, valid in expanding(known):
    best, means = choose(len(train))
    gap = sorted(means)[1] - min(means)
    assert gap > 1e-4, "two penalties are as good as each other"
    out.append({"strength": best, "value": error(best, train, valid)})
best, _ = choose(known)
print(out, best)
json.dump({"folds": out, "best": best}, open(here / "nested.json", "w"))
