"""Writes comparisons.json: paired tests by statsmodels and, for DeLong, by the definition of the structural components.

Run: python test/evaluation/oracle/comparisons.py > test/evaluation/oracle/comparisons.json
"""
import json

import numpy as np
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

random = np.random.default_rng(11)


def delong(y, a, b):
    """All pairs of a positive and a negative: 1 above, 1/2 tied (DeLong et al., 1988)."""
    parts = []
    for s in (a, b):
        psi = (s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0])
        parts.append((psi.mean(), psi.mean(1), psi.mean(0)))
    positives = np.cov(parts[0][1], parts[1][1]) / (y == 1).sum()
    negatives = np.cov(parts[0][2], parts[1][2]) / (y == 0).sum()
    total = positives + negatives
    difference = parts[0][0] - parts[1][0]
    error = np.sqrt(total[0, 0] + total[1, 1] - 2 * total[0, 1])
    half = norm.ppf(0.975) * error
    return {
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
        "p": 2 * norm.sf(abs(difference) / error),
    }


def pair(n, strength, other):
    y = (random.random(n) < 0.4).astype(int)
    shared = random.normal(size=n)
    score = lambda s: np.round(1 / (1 + np.exp(-(shared + 0.5 * random.normal(size=n) + s * y - 0.5))), 2)
    a, b = score(strength), score(other)
    right = [(s >= 0.5).astype(int) == y for s in (a, b)]
    table = [[np.sum(i & j) for j in (right[1], ~right[1])] for i in (right[0], ~right[0])]
    return {
        "target": y.tolist(),
        "first": a.tolist(),
        "second": b.tolist(),
        "delong": delong(y, a, b),
        "mcnemar": float(mcnemar(table, exact=True).pvalue),
    }


p = [0.001, 0.04, 0.03, 0.2, 0.03, 0.9]
print(
    json.dumps(
        {
            "pairs": [pair(120, 1.5, 0.8), pair(400, 1.0, 1.0), pair(60, 0.2, 2.5)],
            "p": p,
            "holm": multipletests(p, method="holm")[1].tolist(),
            "bh": multipletests(p, method="fdr_bh")[1].tolist(),
        }
    )
)
