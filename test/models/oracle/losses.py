"""Sparse, Poisson and quantile regression by scikit-learn and statsmodels, and LightGBM's losses of values.

Run with scikit-learn, statsmodels and lightgbm installed: python test/models/oracle/losses.py
Writes losses.json beside it. Numbers are float32 before fitting, as features are.
"""
import json
from pathlib import Path

import lightgbm
import numpy as np
import statsmodels.api as sm
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import ElasticNet, LogisticRegression, PoissonRegressor, QuantileRegressor
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, mean_poisson_deviance, median_absolute_error

rng = np.random.default_rng(11)


def rounded(x, digits=4):
    return np.round(x, digits).astype(np.float32)


def standardised(x):
    return rounded((x - x.mean(0)) / x.std(0))


def fit(task, x, y, penalty, strength, ratio, weight, quantile):
    x = x.astype(np.float64)
    if task == "count":
        if penalty == "none":
            model = sm.GLM(y, sm.add_constant(x), family=sm.families.Poisson(), freq_weights=weight).fit(tol=1e-12)
            return model.params[None, 1:], model.params[:1]
        total = len(y) if weight is None else weight.sum()
        model = PoissonRegressor(alpha=strength / total, tol=1e-12, max_iter=100000, solver="newton-cholesky")
        model.fit(x, y, sample_weight=weight)
    elif task == "quantile":
        model = QuantileRegressor(quantile=quantile, alpha=0, solver="highs").fit(x, y, sample_weight=weight)
    elif task == "regression":
        total = len(y) if weight is None else weight.sum()
        model = ElasticNet(alpha=strength / total, l1_ratio=ratio, tol=1e-14, max_iter=1000000)
        model.fit(x, y, sample_weight=weight)
    else:
        model = LogisticRegression(
            C=1 / strength, l1_ratio=ratio, solver="saga", tol=1e-9, max_iter=200000
        ).fit(x, y, sample_weight=weight)
    return np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)


linear = []


def case(name, task, x, y, penalty="none", strength=1.0, ratio=1.0, weight=None, quantile=0.5):
    coefficients, intercepts = fit(task, x, y, penalty, strength, ratio, weight, quantile)
    raw = x.astype(np.float64) @ coefficients.T + intercepts
    linear.append(
        {
            "name": name, "task": task, "penalty": penalty, "strength": strength, "ratio": ratio, "quantile": quantile,
            "numeric": np.asarray(x, dtype=np.float64).T.tolist(), "target": np.asarray(y, dtype=np.float64).tolist(),
            "weight": None if weight is None else weight.tolist(),
            "coefficients": coefficients.tolist(), "intercepts": intercepts.tolist(), "raw": raw[:20].tolist(),
            "pinball": mean_pinball_loss(y, raw[:, 0], alpha=quantile, sample_weight=weight) if task == "quantile" else None,
        }
    )


cancer, wine, diabetes = load_breast_cancer(), load_wine(), load_diabetes()
weights = np.round(rng.uniform(0, 3, 400), 3)
x = standardised(cancer.data)[:300, :12]
case("lasso, two classes", "binary", x, cancer.target[:300], "l1", 3.0, 1.0)
case("elastic net, two classes, weighted", "binary", x, cancer.target[:300], "elastic", 5.0, 0.3, weights[:300])
x = standardised(wine.data)
case("lasso, three classes", "multiclass", x, wine.target, "l1", 2.0, 1.0)
x = standardised(diabetes.data)[:400]
y = diabetes.target[:400]
case("lasso", "regression", x, y, "l1", 400.0, 1.0)
case("elastic net, weighted", "regression", x, y, "elastic", 300.0, 0.6, weights)
wide = rounded(rng.normal(size=(40, 90)))
case("lasso, more columns than rows", "regression", wide, np.round(wide[:, 0] * 3 + rng.normal(size=40), 4), "l1", 8.0)
x = rounded(rng.normal(size=(400, 5)))
counts = rng.poisson(np.exp(0.4 + x @ np.array([0.8, -0.5, 0.2, 0, 0.1])))
case("Poisson", "count", x, counts)
case("Poisson, weighted", "count", x, counts, weight=weights)
case("Poisson, ridge", "count", x, counts, "l2", 20.0)
heavy = np.round(2 + x @ np.array([1.0, -2, 0.5, 0, 0]) + rng.standard_t(3, 400) * np.exp(0.4 * x[:, 0]), 4)
case("median", "quantile", x, heavy)
case("90 % quantile", "quantile", x, heavy, quantile=0.9)
case("10 % quantile, weighted", "quantile", x, heavy, quantile=0.1, weight=weights)

SETTINGS = dict(
    n_estimators=60, learning_rate=0.1, max_depth=6, num_leaves=15, min_child_samples=20, reg_lambda=1.0, verbose=-1,
    deterministic=True, n_jobs=1,
)
features = rounded(rng.normal(size=(3000, 6)))
features[rng.uniform(size=features.shape) < 0.05] = np.nan
signal = np.nan_to_num(features[:, 0]) + np.abs(np.nan_to_num(features[:, 1])) - 0.7 * (np.nan_to_num(features[:, 2]) > 0.5)
events = rng.poisson(np.exp(0.5 * signal))
values = np.round(3 * signal + rng.standard_t(2, 3000), 4)
train = np.arange(3000) < 2000
huber = float(np.sort(np.abs(values[train] - np.sort(values[train])[999]))[1799])
trees = []
for name, task, metric, target, options, score in [
    ("Poisson", "count", "poisson_deviance", events, {"objective": "poisson"}, mean_poisson_deviance),
    ("absolute", "regression", "mae", values, {"objective": "mae"}, mean_absolute_error),
    ("Huber", "regression", "medae", values, {"objective": "huber", "alpha": huber}, median_absolute_error),
    ("10 % quantile", "quantile", "pinball@10", values, {"objective": "quantile", "alpha": 0.1},
     lambda y, p: mean_pinball_loss(y, p, alpha=0.1)),
    ("90 % quantile", "quantile", "pinball@90", values, {"objective": "quantile", "alpha": 0.9},
     lambda y, p: mean_pinball_loss(y, p, alpha=0.9)),
    ("monotone", "regression", "rmse", values, {"objective": "regression", "monotone_constraints": [1, 0, -1, 0, 0, 0]},
     mean_absolute_error),
]:
    model = lightgbm.LGBMRegressor(**SETTINGS, **options).fit(features[train].astype(float), target[train])
    predicted = model.predict(features[~train].astype(float))
    trees.append(
        {"name": name, "task": task, "metric": metric, "target": "events" if task == "count" else "values",
         "lightgbm": float(score(target[~train], predicted)), "first": predicted[:50].tolist()}
    )

def numbers(column):
    return [None if np.isnan(value) else float(f"{value:.9g}") for value in column]


result = {
    "linear": linear,
    "trees": {"columns": [numbers(c) for c in features.T], "events": events.tolist(), "values": values.tolist(), "cases": trees},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
for each in trees:
    print(each["name"], each["lightgbm"])
