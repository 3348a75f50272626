"""Mixup by its definition (Zhang, Cisse, Dauphin and Lopez-Paz 2018), in double, and quantities of Beta(a, a).

python test/models/oracle/mixup.py   (from the repository root; writes mixup.json beside itself)
Needs numpy and scipy. Steps of plain gradient descent on mixed rows: the gradient is a central difference of the loss, so
that nothing of a backward pass is in it.
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import beta

NUMERIC, LEVELS, WIDTH, HIDDEN, BATCH, RATE = 2, 3, 2, 4, 8, 0.1
ROWS = 12
row = np.arange(ROWS)
numeric = np.stack([np.sin(row + 1.0), np.cos(2.0 * row)], 1)
codes = (row * 5) % LEVELS
weight = np.where(row % 2 == 0, 1.5, 0.5)
order = (row * 7) % ROWS
partners = np.concatenate([order[:8][::-1], np.roll(order[8:], 1)])
shares = [0.75, 0.3125]
TARGETS = {
    "binary": (row % 3 == 0).astype(float),
    "multiclass": (row % 3).astype(float),
    "squared": np.cos(row * 1.0),
    "poisson": (row % 4).astype(float),
    "pinball": np.cos(row * 1.0),
}
QUANTILE = 0.8


def log_sum(z):
    top = z.max(1, keepdims=True)
    return (top + np.log(np.exp(z - top).sum(1, keepdims=True)))[:, 0]


def losses(loss, z, y):
    if loss == "multiclass":
        return log_sum(z) - z[np.arange(len(y)), y.astype(int)]
    z = z[:, 0]
    if loss == "binary":
        return np.logaddexp(0, z) - y * z
    if loss == "squared":
        return 0.5 * (z - y) ** 2
    if loss == "poisson":
        return np.exp(z) - y * z
    return np.where(y > z, QUANTILE, QUANTILE - 1) * (y - z)


def cut(parameters, outputs):
    sizes = [(LEVELS, WIDTH), (NUMERIC + WIDTH, HIDDEN), (HIDDEN, outputs), (1, HIDDEN), (1, outputs)]
    parts, at = [], 0
    for rows, columns in sizes:
        parts.append(parameters[at : at + rows * columns].reshape(rows, columns))
        at += rows * columns
    return parts


def mixed_loss(loss, parameters, outputs, step):
    table, first, second, bias, last = cut(parameters, outputs)
    chosen, other = order[step * BATCH : (step + 1) * BATCH], partners[step * BATCH : (step + 1) * BATCH]
    share = shares[step]
    inputs = lambda rows: np.concatenate([numeric[rows], table[codes[rows]]], 1)
    x = share * inputs(chosen) + (1 - share) * inputs(other)
    z = np.tanh(x @ first + bias) @ second + last
    y = TARGETS[loss]
    own = share * weight[chosen] * losses(loss, z, y[chosen])
    return np.mean(own + (1 - share) * weight[other] * losses(loss, z, y[other]))


result = {"steps": [], "beta": []}
for loss in TARGETS:
    outputs = 3 if loss == "multiclass" else 1
    count = LEVELS * WIDTH + (NUMERIC + WIDTH) * HIDDEN + HIDDEN * outputs + HIDDEN + outputs
    parameters = 0.3 * np.sin(np.arange(count) + 1.0)
    total = 0.0
    for step in range(2):
        size = len(order[step * BATCH : (step + 1) * BATCH])
        total += size * mixed_loss(loss, parameters, outputs, step)
        gradient = np.zeros(count)
        for i in range(count):
            shift = np.zeros(count)
            shift[i] = 1e-6
            up = mixed_loss(loss, parameters + shift, outputs, step)
            gradient[i] = (up - mixed_loss(loss, parameters - shift, outputs, step)) / 2e-6
        parameters = parameters - RATE * gradient
    result["steps"].append({"loss": loss, "mean": total / ROWS, "parameters": [round(p, 9) for p in parameters]})
points = [0.01, 0.1, 0.25, 0.5, 0.8, 0.95]
for a in [0.1, 0.4, 1, 5]:
    result["beta"].append({"a": a, "cdf": [[x, float(beta(a, a).cdf(x))] for x in points]})
Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
