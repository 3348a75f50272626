"""Writes metrics.json: rows with scores and scikit-learn's value of every metric on them.

Run: python test/evaluation/oracle/metrics.py > test/evaluation/oracle/metrics.json
"""
import json
import warnings

import numpy as np
import sklearn.metrics as m
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")


def widened(values):
    return np.asarray(values, np.float32).astype(np.float64)


def ece(hit, score):
    """Equal-count bins as calibration_curve makes them, weighted by rows."""
    observed, predicted = calibration_curve(hit, score, n_bins=15, strategy="quantile")
    edges = np.percentile(score, np.linspace(0, 1, 16) * 100)
    rows = np.bincount(np.searchsorted(edges[1:-1], score), minlength=15)
    return float(np.sum(np.abs(observed - predicted) * rows[rows > 0]) / len(score))


def averages(y, label):
    return {
        f"{average}_{name}": score(y, label, average=average)
        for average in ("macro", "micro", "weighted")
        for name, score in (("f1", m.f1_score), ("precision", m.precision_score), ("recall", m.recall_score))
    }


def labels(y, label):
    return {
        "accuracy": m.accuracy_score(y, label),
        "balanced_accuracy": m.balanced_accuracy_score(y, label),
        "mcc": m.matthews_corrcoef(y, label),
        "cohen_kappa": m.cohen_kappa_score(y, label),
        **averages(y, label),
    }


def top(y, score, k):
    """Share of positives among the k highest scores; distinct scores only."""
    return y[np.argsort(-score)[:k]].sum()


def binary(name, y, score, threshold=0.5, tops=()):
    score = widened(score)
    label = (score >= threshold).astype(int)
    values = {
        "roc_auc": m.roc_auc_score(y, score),
        "pr_auc": m.average_precision_score(y, score),
        "log_loss": m.log_loss(y, score),
        "brier": m.brier_score_loss(y, score),
        "ece": ece(y, score),
        "f1": m.f1_score(y, label),
        "precision": m.precision_score(y, label),
        "recall": m.recall_score(y, label),
        "specificity": m.recall_score(y, label, pos_label=0),
        **labels(y, label),
    }
    for k in tops:
        values[f"recall@{k}"] = top(y, score, k) / y.sum()
        values[f"precision@{k}"] = top(y, score, k) / k
    return case(name, "binary", ["no", "yes"], y, label, [score], values)


def multiclass(name, y, scores):
    scores = widened(scores)
    classes = scores.shape[1]
    label = scores.argmax(1)
    one = np.eye(classes)[y]
    values = {
        "roc_auc": m.roc_auc_score(y, scores, multi_class="ovr", labels=range(classes)),
        "pr_auc": np.mean([m.average_precision_score(one[:, j], scores[:, j]) for j in range(classes)]),
        "log_loss": m.log_loss(y, scores, labels=range(classes)),
        "brier": float(np.mean(np.sum((scores - one) ** 2, 1))),
        "ece": ece((label == y).astype(int), scores.max(1)),
        **labels(y, label),
    }
    return case(name, "multiclass", [f"c{j}" for j in range(classes)], y, label, list(scores.T), values)


def regression(name, y, prediction):
    prediction = widened(prediction)
    values = {
        "rmse": m.root_mean_squared_error(y, prediction),
        "mse": m.mean_squared_error(y, prediction),
        "mae": m.mean_absolute_error(y, prediction),
        "medae": m.median_absolute_error(y, prediction),
        "max_error": m.max_error(y, prediction),
        "mape": m.mean_absolute_percentage_error(y, prediction),
        "r2": m.r2_score(y, prediction),
        "d2_absolute_error": m.d2_absolute_error_score(y, prediction),
        "explained_variance": m.explained_variance_score(y, prediction),
    }
    if min(y.min(), prediction.min()) > -1:
        values["rmsle"] = m.root_mean_squared_log_error(y, prediction)
    return case(name, "regression", [], y, prediction, [], values)


def values(name, task, y, prediction, levels=()):
    prediction = widened(prediction)
    computed = {"rmse": m.root_mean_squared_error(y, prediction), "mae": m.mean_absolute_error(y, prediction)}
    if task == "count":
        computed["poisson_deviance"] = m.mean_poisson_deviance(y, prediction)
    for level in levels:
        computed[f"pinball@{level}"] = m.mean_pinball_loss(y, prediction, alpha=level / 100)
        if level == 50:
            computed["pinball"] = computed["pinball@50"]
    return case(name, task, [], y, prediction, [], computed)


def case(name, task, classes, y, prediction, scores, values):
    return {
        "name": name,
        "task": task,
        "classes": classes,
        "target": np.asarray(y, float).tolist(),
        "prediction": np.asarray(prediction, float).tolist(),
        "scores": [np.asarray(s).tolist() for s in scores],
        "expected": {key: float(value) for key, value in values.items()},
    }


def main():
    random = np.random.default_rng(20240607)
    y = (random.random(388) < 0.3).astype(int)
    score = 1 / (1 + np.exp(-(random.normal(size=388) + 1.5 * y - 1)))
    rare = (random.random(512) < 0.03).astype(int)
    rare_score = np.clip(0.03 + 0.1 * rare + 0.04 * random.normal(size=512), 0, 1)
    z = random.integers(0, 4, 300)
    logits = random.normal(size=(300, 4)) + 1.2 * np.eye(4)[z]
    softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    never = softmax.copy()
    never[:, 2] = 0
    never /= never.sum(1, keepdims=True)
    value = random.gamma(2, 30, 401)
    print(
        json.dumps(
            [
                binary("distinct scores", y, score, tops=(1, 40, 388)),
                binary("tied scores", y, np.round(score, 1)),
                binary("one score for all rows", y, np.full(388, 0.3)),
                binary("rare class, scores of 0 and 1", rare, rare_score, threshold=0.1),
                multiclass("four classes", z, softmax),
                multiclass("a class that is never predicted", z, never),
                multiclass("one score a class for all rows", z, np.tile([0.2, 0.4, 0.3, 0.1], (300, 1))),
                regression("positive values", value, value * 0.9 + random.normal(0, 8, 401).clip(-20)),
                regression("zeros and signs", random.normal(size=200).round(1), random.normal(size=200)),
                regression("large offset", 1e6 + value, 1e6 + value + random.normal(size=401)),
                regression("constant target", np.full(50, 3.5), 3.5 + random.normal(size=50)),
                values("counts", "count", random.poisson(2, 301), random.gamma(2, 1, 301)),
                values("quantiles", "quantile", value, value + random.normal(0, 8, 401), (5, 50, 90)),
            ]
        )
    )


main()
