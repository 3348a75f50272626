"""Expected values for test/monitoring/statistics.test.ts: run with an interpreter that has numpy and SciPy.

    python drift.py > drift.json
"""
import json
import warnings

import numpy as np
from scipy import stats

rng = np.random.default_rng(20261127)
warnings.simplefilter("ignore")  # anderson_ksamp tells when its p leaves the table


def samples():
    return [
        (rng.normal(size=40), rng.normal(0.4, 1.2, size=25)),
        (rng.normal(size=300), rng.normal(size=120)),
        (np.round(rng.normal(size=200), 1), np.round(rng.normal(0.2, 1, size=150), 1)),
        (rng.integers(0, 5, 100).astype(float), rng.integers(1, 6, 80).astype(float)),
        (rng.lognormal(size=500), rng.lognormal(0.15, 1, size=400)),
    ]


def permuted_p(a, b, statistic, draws=20_000):
    """The exact p as far as the draws tell it."""
    both = np.concatenate([a, b])
    observed = statistic(a, b)
    above = sum(statistic(p[: len(a)], p[len(a):]) >= observed - 1e-12 for p in (rng.permutation(both) for _ in range(draws)))
    return (above + 1) / (draws + 1)


def two_samples():
    out = []
    for a, b in samples():
        anderson = stats.anderson_ksamp([a, b], midrank=True)
        square = lambda x, y: stats.anderson_ksamp([x, y], midrank=True).statistic
        out.append({
            "a": a.tolist(), "b": b.tolist(), "wasserstein": stats.wasserstein_distance(a, b),
            "energy": stats.energy_distance(a, b) ** 2,
            "anderson": anderson.statistic, "andersonP": anderson.pvalue,
            "andersonPermuted": permuted_p(a, b, square, 1_000),
            "mannWhitney": stats.mannwhitneyu(b, a, alternative="greater", use_continuity=False, method="asymptotic").pvalue,
        })
    return out


def tables():
    out = []
    for counts in ([[120, 80, 30], [70, 90, 45]], [[400, 350, 120, 60], [410, 340, 125, 55]], [[5, 9, 14, 2], [11, 3, 12, 7]]):
        g, p, _, _ = stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood")
        permuted = permuted_g(counts, g) if np.sum(counts) < 300 else None
        shares = np.array(counts) / np.sum(counts, axis=1, keepdims=True)
        out.append({"counts": counts, "g": g, "p": p, "permuted": permuted,
                    "variation": np.abs(shares[0] - shares[1]).sum() / 2})
    return out


def permuted_g(counts, observed):
    """Of random tables with the same margins (SciPy's own)."""
    draws = stats.random_table(np.sum(counts, axis=1), np.sum(counts, axis=0), seed=1).rvs(20_000)
    expected = stats.contingency.expected_freq(counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        g = 2 * np.nansum(draws * np.log(draws / expected), axis=(1, 2))
    return float(((g >= observed - 1e-9).sum() + 1) / 20_001)


def shares():
    out = []
    for a, n, b, m in ((0, 5000, 3, 100), (2, 400, 9, 300), (30, 200, 55, 240), (1, 50, 0, 20), (7, 9, 12, 40)):
        out.append({"a": [a, n], "b": [b, m], "fisher": stats.fisher_exact([[a, n - a], [b, m - b]])[1],
                    "z": stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)[1]})
    return out


def tails():
    return {"poisson": [[k, mu, stats.poisson.sf(k - 1, mu)] for k, mu in ((1, 0.3), (5, 1.6), (12, 20.0), (60, 20.0))],
            # Rows beyond both ends of the other sample: as the rows that come before two of the other label do.
            "range": [[u, q, stats.nbinom.sf(u - 1, 2, 1 - q)] for u, q in ((1, 0.09), (3, 0.09), (5, 0.3))]}


print(json.dumps({"samples": two_samples(), "tables": tables(), "shares": shares(), "tails": tails()}, default=float))
