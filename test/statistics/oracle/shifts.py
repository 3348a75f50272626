"""Expected values for test/statistics/shifts.test.ts: run with an interpreter that has numpy, SciPy and statsmodels.

    python shifts.py > shifts.json
"""
import json

import numpy as np
from scipy import stats
from statsmodels.stats.outliers_influence import variance_inflation_factor

rng = np.random.default_rng(20261127)


def numbers():
    cases = []
    for n, m, shift, digits in ((300, 200, 0.0, 4), (300, 200, 0.4, 4), (80, 500, 0.8, 1), (400, 100, 0.2, 0)):
        a = np.sort(np.round(rng.normal(0, 1, n), digits))
        b = np.sort(np.round(rng.normal(shift, 1.2, m), digits))
        low, high = np.quantile(a, [0.001, 0.999])
        distance = stats.wasserstein_distance(np.clip(a, low, high), np.clip(b, low, high))
        scale = max(stats.iqr(a) / 1.349, a.std(ddof=1) / 10)
        d = stats.ks_2samp(a, b, method="asymp").statistic
        p = float(stats.kstwobign.sf(d / np.sqrt(1 / n + 1 / m)))
        # What chance alone gives on average, by drawing both samples anew from the pooled values.
        pooled = np.concatenate([a, b])
        null = []
        for _ in range(4000):
            rng.shuffle(pooled)
            null.append(stats.wasserstein_distance(np.clip(pooled[:n], low, high), np.clip(pooled[n:], low, high)))
        cases.append({"a": a.tolist(), "b": b.tolist(), "distance": distance, "null": float(np.mean(null)), "scale": scale, "p": p})
    return cases


def levels():
    cases = []
    for a, b in (([120, 300, 80], [60, 150, 40]), ([120, 300, 80], [90, 100, 60]), ([30, 30, 200, 40], [50, 60, 90, 10])):
        table = np.array([a, b])
        tvd = float(np.abs(table[0] / table[0].sum() - table[1] / table[1].sum()).sum() / 2)
        cases.append({"a": a, "b": b, "distance": tvd, "p": float(stats.chi2_contingency(table, correction=False).pvalue)})
    return cases


def inflation():
    x = rng.normal(size=(200, 4))
    x[:, 3] = x[:, 0] + x[:, 1] - x[:, 2] + 0.3 * rng.normal(size=200)
    design = np.column_stack([np.ones(200), x])
    return {"columns": x.T.tolist(), "vif": [variance_inflation_factor(design, i + 1) for i in range(4)]}


def shape():
    values = np.round(np.exp(rng.normal(0, 1.2, 500)), 3)
    q1, q3 = np.quantile(values, [0.25, 0.75])
    return {"values": values.tolist(), "skewness": float(stats.skew(values)), "mean": float(values.mean()), "std": float(values.std(ddof=1)), "quartiles": [q1, q3]}


print(json.dumps({"numbers": numbers(), "levels": levels(), "inflation": inflation(), "shape": shape()}))
