"""Boosting and one step of a network under the focal loss, from its formula alone, differentiated numerically.

python test/models/oracle/focal.py   (writes focal.json beside itself; needs numpy)

-(1 - q)^2 log q of the probability q of the truth: Lin and others 2017, gamma = 2. Smoothed labels share it out.
"""

import json
from pathlib import Path

import numpy as np

random = np.random.default_rng(5)
LEARNING_RATE, STEPS, STEP = 0.3, 12, 0.1


def softmax(raw):
    """Of [rows, 1] the two classes of one log-odds."""
    raw = np.hstack([np.zeros_like(raw), raw]) if raw.shape[1] == 1 else raw
    e = np.exp(raw - raw.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def losses(raw, target, smoothing=0.0):
    p = softmax(raw)
    labels = np.eye(p.shape[1])[target] * (1 - smoothing) + smoothing / p.shape[1]
    return (labels * -((1 - p) ** 2) * np.log(p)).sum(axis=1)


def gradients(raw, target):
    """By each raw output, in long double: exact to about ten digits."""
    out = np.zeros_like(raw)
    for k in range(raw.shape[1]):
        move = np.zeros_like(raw)
        move[:, k] = 1e-5
        out[:, k] = (losses(raw + move, target) - losses(raw - move, target)) / 2e-5
    return out


def boost(group, target, weight, classes):
    """Trees whose leaves are the groups; the hessian is three times the gradient's size times what the class already has."""
    shares = np.array([weight[target == k].sum() for k in range(classes)]) / weight.sum()
    base = np.log(shares[1:2] / shares[0]) if classes == 2 else np.log(shares)
    raw = np.tile(base.astype(np.longdouble), (len(target), 1))
    for _ in range(STEPS):
        slope = gradients(raw, target)
        p = softmax(raw)
        q = p[np.arange(len(target)), target]
        focus = (1 - q) * ((1 - q) - 2 * q * np.log(q))
        if classes == 2:
            curve = (3 * focus * q * (1 - q))[:, None]
        else:
            curve = 3 * focus[:, None] * classes / (classes - 1) * p * (1 - p)
        for g in np.unique(group):
            own = group == g
            sums = (weight[own, None] * slope[own]).sum(axis=0), (weight[own, None] * curve[own]).sum(axis=0)
            raw[own] -= LEARNING_RATE * sums[0] / sums[1]
    return [raw[group == g][0].astype(float).tolist() for g in np.unique(group)]


def step(columns, target, weight, classes, smoothing):
    """One step of plain gradient descent on all rows from given weights [columns, outputs], then biases."""
    outputs = 1 if classes == 2 else classes
    start = random.normal(size=(columns.shape[1] + 1) * outputs).astype(np.float32).astype(np.longdouble)

    def mean_loss(parameters):
        weights = parameters[: columns.shape[1] * outputs].reshape(columns.shape[1], outputs)
        raw = columns @ weights + parameters[columns.shape[1] * outputs :]
        return (weight * losses(raw, target, smoothing)).mean()

    slope = []
    for i in range(len(start)):
        move = np.zeros_like(start)
        move[i] = 1e-5
        slope.append((mean_loss(start + move) - mean_loss(start - move)) / 2e-5)
    return {
        "start": start.astype(float).tolist(), "loss": float(mean_loss(start)),
        "end": (start - STEP * np.array(slope)).astype(float).tolist(),
    }


rows = 120
group = np.arange(rows) % 3
weight = np.where(np.arange(rows) % 2 == 0, 1.5, 0.5)
columns = random.normal(size=(rows, 3)).astype(np.float32)
out = {"weight": weight.tolist(), "group": group.tolist(), "columns": columns.T.astype(float).tolist(), "cases": []}
for classes in (2, 3):
    chances = [[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]] if classes == 2 else [[0.8, 0.1, 0.1], [0.2, 0.6, 0.2], [0.3, 0.3, 0.4]]
    target = np.array([random.choice(classes, p=chances[g]) for g in group])
    out["cases"].append({
        "classes": classes, "target": target.tolist(), "trees": boost(group, target, weight, classes),
        "plain": step(columns.astype(np.longdouble), target, weight, classes, 0.0),
        "smoothed": step(columns.astype(np.longdouble), target, weight, classes, 0.1),
    })
json.dump(out, open(Path(__file__).with_suffix(".json"), "w"))
