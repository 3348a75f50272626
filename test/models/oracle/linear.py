"""Coefficients and predictions of scikit-learn's linear models on its bundled tables; writes linear.json beside it.

Run with scikit-learn installed: python test/models/oracle/linear.py
The solver is the exact one: lbfgs stops with gradients of 2e-5, which is 5e-4 in an intercept of the digits.
Numbers are float32 before fitting, as features are.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler


def standardised(x):
    return StandardScaler().fit_transform(x).astype(np.float32)


def one_hot(codes, levels):
    return np.eye(levels, dtype=np.float32)[codes]


def fit(task, x, y, strength, weight=None, intercept=True):
    x = x.astype(np.float64)
    if task == "regression":
        model = Ridge(alpha=strength, fit_intercept=intercept, solver="cholesky")
    else:
        penalty = {"C": np.inf} if strength == 0 else {"C": 1 / strength}
        model = LogisticRegression(**penalty, solver="newton-cholesky", tol=1e-12, max_iter=100000, fit_intercept=intercept)
    model.fit(x, y, sample_weight=weight)
    raw = model.predict(x) if task == "regression" else model.decision_function(x)
    return {
        "coefficients": np.atleast_2d(model.coef_).tolist(),
        "intercepts": np.atleast_1d(model.intercept_).tolist() if intercept else None,
        "raw": np.asarray(raw)[:20].tolist(),
    }


cases = []


def case(name, task, numeric, y, strength, codes=None, levels=0, **options):
    dense = numeric if codes is None else np.hstack([numeric, one_hot(codes, levels)])
    weight = options.get("weight")
    cases.append(
        {
            "name": name,
            "task": task,
            "strength": strength,
            "intercept": options.get("intercept", True),
            "numeric": np.asarray(numeric, dtype=np.float64).T.tolist(),
            "codes": None if codes is None else codes.tolist(),
            "levels": levels,
            "target": np.asarray(y, dtype=np.float64).tolist(),
            "weight": None if weight is None else weight.tolist(),
            **fit(task, dense, y, strength, **options),
        }
    )


def rounded(x, digits=4):
    """Short decimals keep the file small; float32 of them is what both sides fit."""
    return np.round(x, digits).astype(np.float32)


rng = np.random.default_rng(7)
cancer, wine, iris, diabetes, digits = (
    load() for load in (load_breast_cancer, load_wine, load_iris, load_diabetes, load_digits)
)
x = rounded(standardised(cancer.data))[:300, :12]
y = cancer.target[:300]
case("breast cancer", "binary", x, y, 1.0)
case("breast cancer, weighted, stronger", "binary", x, y, 10.0, weight=np.round(rng.uniform(0, 3, 300), 3))
case("breast cancer, no intercept", "binary", x, y, 0.5, intercept=False)
case("breast cancer, no penalty", "binary", x[:, :2], y, 0)
case("breast cancer as measured", "binary", rounded(cancer.data[:300, :4]), y, 1.0)
x = rounded(standardised(wine.data))
case("wine", "multiclass", x, wine.target, 1.0)
case("wine, categories", "multiclass", x[:, :4], wine.target, 1.0, codes=rng.integers(0, 5, len(x)), levels=5)
x = rounded(standardised(iris.data))
case("iris, weak penalty", "multiclass", x, iris.target, 0.01)
x = digits.data[:300, :40].astype(np.float32)
case("digits, ten classes", "multiclass", x, digits.target[:300], 10.0)
x = rounded(standardised(diabetes.data))
case("diabetes", "regression", x, diabetes.target, 1.0)
case("diabetes, weighted", "regression", x, diabetes.target, 20.0, weight=np.round(rng.uniform(0, 3, len(x)), 3))
case("diabetes, categories", "regression", x[:, :5], diabetes.target, 1.0, codes=rng.integers(0, 9, len(x)), levels=9)
case("diabetes, no intercept", "regression", x, diabetes.target, 1.0, intercept=False)
wide = rounded(rng.normal(size=(40, 90)))
case("more columns than rows", "regression", wide, np.round(wide[:, 0] * 3 + rng.normal(size=40), 4), 1.0)
case("more columns than rows, classes", "binary", wide, (wide[:, 0] > 0).astype(int), 1.0)

Path(__file__).with_suffix(".json").write_text(json.dumps(cases))
print(len(cases), "cases")
