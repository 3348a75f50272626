"""Checks a finished run from outside: its figures with scikit-learn from the predictions file, its model file with
ONNX Runtime from the raw cells, as cli.md tells a stranger to do it. Knows nothing of the product's code."""

import json
import math
import os
import warnings

import numpy as np
import onnxruntime as ort
import pandas as pd
import sklearn.metrics as m

# float32 probabilities do not sum to one in float64.
warnings.filterwarnings("ignore", message="The y_prob values do not sum to one")

NULLS = {"", "NA", "N/A", "NaN", "null", "NULL", "None"}


class Checks:
    """Collects what disagrees."""

    def __init__(self, name):
        self.name, self.faults, self.passed = name, [], 0

    def same(self, what, got, expected, tolerance=1e-9):
        fine = got == expected or (
            isinstance(got, (int, float))
            and isinstance(expected, (int, float))
            and (abs(got - expected) <= tolerance * max(1, abs(expected)) or (math.isnan(got) and math.isnan(expected)))
        )
        self.true(f"{what}: {got!r}, expected {expected!r}", fine)

    def true(self, what, fine):
        if fine:
            self.passed += 1
        else:
            self.faults.append(what)


def number(value):
    """JSON of the product: NaN and infinities are words."""
    return float(value) if isinstance(value, str) else value


def ece(hit, score):
    """15 bins of equal count, weighted by rows: scikit-learn's quantile bins, their edges at exact ranks."""
    edges = np.sort(score)[(len(score) - 1) * np.arange(1, 15) // 15]
    bins = np.searchsorted(edges, score)
    return sum(abs(hit[bins == b].mean() - score[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))


def label_metrics(y, label):
    return {
        "accuracy": m.accuracy_score(y, label),
        "balanced_accuracy": m.balanced_accuracy_score(y, label),
        "mcc": m.matthews_corrcoef(y, label),
        "macro_f1": m.f1_score(y, label, average="macro"),
        "cohen_kappa": m.cohen_kappa_score(y, label),
    }


def binary_metrics(y, label, score):
    return {
        "roc_auc": m.roc_auc_score(y, score),
        "pr_auc": m.average_precision_score(y, score),
        "log_loss": m.log_loss(y, score, labels=[0, 1]),
        "brier": m.brier_score_loss(y, score),
        "ece": ece(y, score),
        "f1": m.f1_score(y, label, zero_division=0),
        "precision": m.precision_score(y, label, zero_division=0),
        "recall": m.recall_score(y, label, zero_division=0),
        "specificity": m.recall_score(y, label, pos_label=0, zero_division=0),
        **label_metrics(y, label),
    }


def multiclass_metrics(y, label, scores):
    """roc_auc and pr_auc: macro one-vs-rest."""
    one = np.eye(scores.shape[1])[y]
    return {
        "roc_auc": np.mean([m.roc_auc_score(one[:, j], scores[:, j]) for j in range(scores.shape[1])]),
        "pr_auc": np.mean([m.average_precision_score(one[:, j], scores[:, j]) for j in range(scores.shape[1])]),
        "log_loss": m.log_loss(y, scores, labels=range(scores.shape[1])),
        "brier": float(np.mean(np.sum((scores - one) ** 2, 1))),
        "ece": ece((label == y).astype(int), scores.max(1)),
        **label_metrics(y, label),
    }


def regression_metrics(y, value):
    return {
        "rmse": m.root_mean_squared_error(y, value),
        "mse": m.mean_squared_error(y, value),
        "mae": m.mean_absolute_error(y, value),
        "medae": m.median_absolute_error(y, value),
        "r2": m.r2_score(y, value),
        "mape": m.mean_absolute_percentage_error(y, value),
    }


def recompute(document, classes, part):
    """Every metric of one side, from its rows of the predictions file."""
    if document["task"] == "regression":
        return regression_metrics(part["target"].to_numpy(float), part["prediction"].to_numpy(float))
    index = {label: i for i, label in enumerate(classes)}
    y = part["target"].map(index).to_numpy(int)
    label = part["prediction"].map(index).to_numpy(int)
    if document["task"] == "binary":
        positive = index[document["positive"]]
        return binary_metrics((y == positive).astype(int), (label == positive).astype(int), part["score"].to_numpy())
    scores = part[[f"score_{'true' if c is True else 'false' if c is False else c}" for c in classes]].to_numpy()
    return multiclass_metrics(y, label, scores)


def check_metrics(checks, document, classes, predictions):
    for side in ("train", "valid", "test"):
        part = predictions[predictions["split"] == side]
        reported = document["metrics"][side]
        if len(part) == 0:
            checks.same(f"metrics.{side} of no rows", reported, {})
            continue
        expected = recompute(document, classes, part)
        checks.true(f"metrics.{side} has the primary metric", document["metric"] in reported)
        for name, estimate in reported.items():
            value, low, high = (number(estimate[key]) for key in ("value", "low", "high"))
            checks.true(f"metrics.{side}.{name} is known to the oracle", name in expected)
            checks.same(f"metrics.{side}.{name}", value, float(expected.get(name, math.nan)))
            checks.true(f"metrics.{side}.{name}: low {low} <= high {high}", math.isnan(low) or low <= high)


def check_dummy(checks, document, classes, predictions, weights):
    """The dummy predicts the training rows' prior, mode or mean; a weighted mean where rows have weights."""
    train, test = (predictions[predictions["split"] == side] for side in ("train", "test"))
    reported = document["baselines"].get("dummy")
    if reported is None or len(test) == 0:
        return
    part = test.copy()
    if document["task"] == "regression":
        part["prediction"] = np.float64(np.float32(np.average(train["target"], weights=weights and [weights[r] for r in train["row"]])))
    else:
        shares = [np.float64(np.float32((train["target"] == c).mean())) for c in classes]
        part["prediction"] = classes[int(np.argmax(shares))]
        if document["task"] == "binary":
            positive = classes.index(document["positive"])
            part["score"] = shares[positive]
            part["prediction"] = classes[positive] if shares[positive] >= 0.5 else classes[1 - positive]
        for name, share in zip(classes, shares):
            part[f"score_{'true' if name is True else 'false' if name is False else name}"] = share
    expected = recompute(document, classes, part)
    for name in ("rmse", "mae", "r2", "log_loss", "brier", "roc_auc", "pr_auc", "accuracy"):
        if name in reported:
            checks.same(f"baselines.dummy.{name}", number(reported[name]["value"]), float(expected[name]), 1e-6)


def check_rows(checks, document, predictions, targets):
    """`targets`: the target as read by the case, per source row; None where missing or filtered out."""
    counts = {side: int((predictions["split"] == side).sum()) for side in ("train", "valid", "test")}
    for side in ("train", "test"):
        checks.same(f"rows.{side}", document["rows"][side], counts[side])
    folds = document["rows"]["valid"] == 0 and counts["valid"] > 0
    if not folds:
        checks.same("rows.valid", document["rows"]["valid"], counts["valid"])
    test = predictions[predictions["split"] == "test"]
    train = predictions[predictions["split"] == "train"]
    valid = predictions[predictions["split"] == "valid"]
    checks.same("test rows are told apart", test["row"].nunique(), len(test))
    checks.same("test rows that are also train or valid", len(set(test["row"]) & (set(train["row"]) | set(valid["row"]))), 0)
    if folds:
        checks.true("out-of-fold rows are training rows", set(valid["row"]) <= set(train["row"]))
    expected = {row for row, value in enumerate(targets) if value is not None}
    checks.same("every row with a target is scored", set(predictions["row"]) == expected, True)
    wrong = [row for row, value in zip(predictions["row"], predictions["target"]) if row in expected and value != targets[row]]
    checks.same("rows whose target differs from the source's", wrong[:5], [])


def feed(values, kind):
    """Cells of one column as the input type asks; `values` are text (CSV) or typed, None where missing."""
    if kind == "float":
        return np.array([as_float(v) for v in values], np.float64).astype(np.float32).reshape(-1, 1)
    return np.array(["" if v is None else v for v in values], object).reshape(-1, 1)


def as_float(value):
    if value is None:
        return math.nan
    if isinstance(value, str):
        text = value.lower()
        value = {"true": 1.0, "false": 0.0}.get(text)
        if value is None:
            value = float(text)
    value = float(value)
    return value if abs(value) < 3.4028235677973366e38 else math.nan


def check_model(checks, folder, document, classes, predictions, columns, rules):
    """`columns`: raw cells by name; `rules`: by column, how cells become dates or text where it is not as written."""
    path = os.path.join(folder, document["artifacts"]["model"])
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    for key in ("task", "target", "features", "hash.data", "hash.split", "hash.experiment"):
        checks.true(f"metadata has {key}", key in metadata)
    checks.same("metadata task", metadata["task"], document["task"])
    checks.same("metadata target", metadata["target"], document["target"])
    features = json.loads(metadata["features"])
    inputs = session.get_inputs()
    checks.same("inputs are the features", [i.name for i in inputs], [f["name"] for f in features])
    given = {}
    for spec in inputs:
        checks.true(f"{spec.name} is [n, 1]", len(spec.shape) == 2 and spec.shape[1] == 1)
        cells = columns[spec.name]
        if spec.name in rules:
            cells = [None if c is None else rules[spec.name](c) for c in cells]
        given[spec.name] = feed(cells, "float" if spec.type == "tensor(float)" else "string")
    outputs = session.run(None, given)
    names = [o.name for o in session.get_outputs()]
    rows = predictions["row"].to_numpy()
    trained = predictions["split"] != "valid" if document["rows"]["valid"] == 0 else np.ones(len(predictions), bool)
    rows, predictions = rows[trained], predictions[trained]
    if document["task"] == "regression":
        clash = "prediction" in columns and "prediction" in given
        checks.same("outputs", names, ["prediction_" if clash else "prediction"])
        worst(checks, "prediction", outputs[0][rows, 0], predictions["prediction"])
        return
    checks.same("metadata classes", json.loads(metadata["classes"]), classes)
    checks.same("outputs", names, [f"{n}_" if n in given else n for n in ("label", "probabilities")])
    label, probability = outputs
    words = [("true" if c else "false") if isinstance(c, bool) else str(c) for c in classes]
    said = predictions["prediction"].map(dict(zip(classes, words))).to_numpy()
    got = label.reshape(-1)[rows]
    checks.same("labels that differ", [(int(r), g, s) for r, g, s in zip(rows, got, said) if g != s][:3], [])
    if document["task"] == "binary":
        positive = classes.index(document["positive"])
        checks.same("metadata positive", metadata["positive"], words[positive])
        score = probability[rows, positive]
        worst(checks, "score", score, predictions["score"])
        threshold = np.float32(metadata["threshold"])
        checks.same("label is positive from the threshold on", bool(((score >= threshold) == (got == words[positive])).all()), True)
    else:
        for j, word in enumerate(words):
            worst(checks, f"score_{word}", probability[rows, j], predictions[f"score_{word}"])
        checks.same("label is the likeliest", bool((np.array(words, object)[probability[rows].argmax(1)] == got).all()), True)
    checks.true("probabilities sum to 1", bool(np.allclose(probability.sum(1), 1, atol=1e-5)))


def worst(checks, name, got, said):
    difference = np.abs(got.astype(np.float64) - said.to_numpy(np.float64))
    at = int(np.argmax(difference))
    checks.true(f"{name}: file and raw cells differ by {difference[at]:.3g} at position {at}", difference[at] <= 1e-6)


def check_run(checks, folder, document, table):
    """`table`: columns (raw cells by name), targets (typed, per source row), rules (see check_model)."""
    predictions = pd.read_parquet(os.path.join(folder, document["artifacts"]["predictions"]))
    classes = document["classes"]
    check_rows(checks, document, predictions, table["targets"])
    check_metrics(checks, document, classes, predictions)
    check_dummy(checks, document, classes, predictions, table.get("weights"))
    check_model(checks, folder, document, classes, predictions, table["columns"], table.get("rules", {}))
    return predictions
