"""Expected values of calibration, stop metrics and thresholds from scikit-learn; writes oracle.json beside it.

Run with scikit-learn installed: python test/training/oracle.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

rng = np.random.default_rng(11)
n = 400
raw = np.round(rng.normal(0, 2, n), 2)  # two digits, so that scores tie
y = (rng.uniform(size=n) < expit(0.4 * raw - 0.7)).astype(int)
weight = np.round(rng.uniform(0, 3, n), 3)


def platt(sample_weight):
    fitted = _SigmoidCalibration().fit(raw, y, sample_weight=sample_weight)
    return {"scale": -fitted.a_, "offset": -fitted.b_}


def temperature_binary():
    up, down = ((y == 1).sum() + 1) / ((y == 1).sum() + 2), 1 / ((y == 0).sum() + 2)
    goal = np.where(y == 1, up, down)
    loss = lambda a: -np.sum(goal * np.log(expit(a * raw)) + (1 - goal) * np.log(expit(-a * raw)))
    return {"scale": minimize(lambda a: loss(a[0]), [1.0], method="BFGS", options={"gtol": 1e-9}).x[0]}


k = 4
raws = np.round(rng.normal(0, 2, (n, k)), 2)
classes = np.array([rng.choice(k, p=p) for p in softmax(0.5 * raws + [0, 0.4, -0.4, 0.8], axis=1)])
counts = np.bincount(classes, minlength=k)
own = (counts + 1) / (counts + 2)
goals = np.array([[own[c] if j == c else (1 - own[c]) / (k - 1) for j in range(k)] for c in classes])


def scaled(offsets):
    def loss(point):
        logits = point[0] * raws + (np.concatenate([[0], point[1:]]) if offsets else 0)
        return -np.sum(goals * log_softmax(logits, axis=1))

    best = minimize(loss, np.r_[1.0, np.zeros(k - 1 if offsets else 0)], method="BFGS", options={"gtol": 1e-8})
    return {"scale": best.x[0], "offsets": [0, *best.x[1:]]}


def pools(sample_weight):
    fitted = IsotonicRegression().fit(raw, y, sample_weight=sample_weight)
    values = fitted.predict(raw)
    w = np.ones(n) if sample_weight is None else sample_weight
    result = []
    for value in np.unique(np.round(values[w > 0], 12)):
        rows = (np.abs(values - value) < 1e-9) & (w > 0)
        result.append([np.average(raw[rows], weights=w[rows]), np.average(y[rows], weights=w[rows]), w[rows].sum()])
    return result


def ece(p, hit):
    order = np.argsort(p, kind="stable")
    edges = [b * len(p) // 15 for b in range(16)]
    bins = [order[a:b] for a, b in zip(edges, edges[1:])]
    return sum(len(b) * abs(p[b].mean() - hit[b].mean()) for b in bins) / len(p)


p, ps = expit(raw), softmax(raws, axis=1)
cuts = np.unique(p)
label_metrics = {
    "f1": metrics.f1_score,
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "mcc": metrics.matthews_corrcoef,
    "cohen_kappa": metrics.cohen_kappa_score,
    "macro_f1": lambda a, b: metrics.f1_score(a, b, average="macro"),
}
value, guess = np.round(rng.normal(10, 3, n), 3), np.round(rng.normal(10, 3, n), 3)
result = {
    "raw": raw.tolist(),
    "y": y.tolist(),
    "weight": weight.tolist(),
    "platt": platt(None),
    "platt_weighted": platt(weight),
    "temperature": temperature_binary(),
    "isotonic": pools(None),
    "isotonic_weighted": pools(weight),
    "ece": ece(p, y),
    "raws": raws.ravel().tolist(),
    "classes": classes.tolist(),
    "platt_multiclass": scaled(True),
    "temperature_multiclass": scaled(False),
    "ece_multiclass": ece(ps.max(axis=1), (ps.argmax(axis=1) == classes).astype(int)),
    "stop": {
        "roc_auc": metrics.roc_auc_score(y, p),
        "pr_auc": metrics.average_precision_score(y, p),
        "log_loss": -metrics.log_loss(y, p),
        "brier": -metrics.brier_score_loss(y, p),
    },
    "stop_multiclass": {
        "roc_auc": metrics.roc_auc_score(classes, ps, multi_class="ovr", average="macro"),
        "pr_auc": metrics.average_precision_score(np.eye(k)[classes], ps, average="macro"),
        "log_loss": -metrics.log_loss(classes, ps),
        "brier": -np.mean(np.sum((ps - np.eye(k)[classes]) ** 2, axis=1)),
    },
    "value": value.tolist(),
    "guess": guess.tolist(),
    "stop_regression": {
        "rmse": -metrics.root_mean_squared_error(value, guess),
        "mae": -metrics.mean_absolute_error(value, guess),
        "mape": -metrics.mean_absolute_percentage_error(value, guess),
        "r2": metrics.r2_score(value, guess),
    },
    "best": {name: max(of(y, p >= cut) for cut in cuts) for name, of in label_metrics.items()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result))
