"""Expected values for test/statistics: run with an interpreter that has numpy, SciPy, scikit-learn and statsmodels.

    python statistics.py > statistics.json
"""
import json

import numpy as np
from scipy import special, stats
from sklearn.metrics import f1_score, mean_absolute_error, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

rng = np.random.default_rng(20261123)


def listed(values):
    return [None if v is None or (isinstance(v, float) and np.isnan(v)) else float(v) for v in values]


def distributions():
    z = [-8.0, -3.0, -1.5, -0.3, 0.0, 0.2, 1.0, 1.959963984540054, 4.0, 9.0, 20.0]
    p = [1e-12, 1e-6, 0.001, 0.01, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999]
    beta = [[x, a, b] for x in (0.001, 0.2, 0.5, 0.9) for a, b in ((0.5, 0.5), (2, 30), (120, 4), (1500, 900))]
    quantile = [[q, a, b] for q in (0.01, 0.5, 0.975) for a, b in ((0.5, 3), (5, 5), (40, 900))]
    f = [[x, a, b] for x in (0.3, 1.2, 5.0) for a, b in ((1, 5), (19, 180), (400, 3000))]
    chi = [[x, k] for x in (0.01, 1.0, 7.5, 60.0) for k in (1, 4, 30)]
    t = [[x, k] for x in (0.0, 0.7, 2.2, 9.0) for k in (1, 8, 500)]
    return {
        "normalTail": [[x, stats.norm.sf(x)] for x in z],
        "normalQuantile": [[x, stats.norm.ppf(x)] for x in p],
        "betaCdf": [[x, a, b, special.betainc(a, b, x)] for x, a, b in beta],
        "betaQuantile": [[q, a, b, stats.beta.ppf(q, a, b)] for q, a, b in quantile],
        "fTail": [[x, a, b, stats.f.sf(x, a, b)] for x, a, b in f],
        "fQuantile": [[q, a, b, stats.f.ppf(q, a, b)] for q in (0.05, 0.95) for a, b in ((19, 180), (3, 7))],
        "chiSquareTail": [[x, k, stats.chi2.sf(x, k)] for x, k in chi],
        "tTwoSided": [[x, k, 2 * stats.t.sf(x, k)] for x, k in t],
    }


def intervals():
    return {
        "wilson": [
            [k, n, *proportion_confint(k, n, 0.05, "wilson")] for k, n in ((0, 10), (3, 10), (80, 100), (1000, 1000))
        ],
        # Hanley and McNeil 1982, table I of the paper is computed by the same formula.
        "hanley": [[a, m, n, hanley(a, m, n)] for a, m, n in ((0.8, 50, 950), (0.95, 10, 90), (0.6, 300, 300))],
    }


def hanley(auc, m, n):
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    return np.sqrt((auc * (1 - auc) + (m - 1) * (q1 - auc**2) + (n - 1) * (q2 - auc**2)) / (m * n))


def ranks():
    out = []
    for rows, levels in ((60, 5), (200, 1000)):
        y = rng.integers(0, 2, rows)
        a = np.round(y * 0.8 + rng.normal(size=rows) * 1.2, 0 if levels == 5 else 6)
        b = np.round(y * 0.3 + rng.normal(size=rows), 6)
        auc, cov = delong([a, b], y)
        out.append({"y": listed(y), "a": listed(a), "b": listed(b),
                    "aucA": roc_auc_score(y, a), "aucB": roc_auc_score(y, b), "auc": auc, "covariance": cov})
    return out


def delong(scores, y):
    """By the definition, over all pairs."""
    parts = []
    for s in scores:
        p, n = s[y == 1][:, None], s[y == 0][None, :]
        psi = (p > n) + 0.5 * (p == n)
        parts.append((psi.mean(1), psi.mean(0)))
    v10, v01 = np.cov([p for p, _ in parts]), np.cov([n for _, n in parts])
    return [float(p.mean()) for p, _ in parts], (v10 / (y == 1).sum() + v01 / (y == 0).sum()).tolist()


def tests():
    a = np.round(rng.normal(size=80), 1)
    b = np.round(a * 0.4 + rng.normal(size=80), 1)
    c = np.round(rng.normal(0.5, 1, size=50), 1)
    rho = stats.spearmanr(a, b)
    u = stats.mannwhitneyu(a, c, use_continuity=True, alternative="two-sided", method="asymptotic")
    table = [[12, 30, 5], [40, 11, 9], [8, 8, 60]]
    chi = stats.chi2_contingency(table, correction=False)
    z = proportions_ztest([30, 55], [200, 240])
    return {
        "a": listed(a), "b": listed(b), "c": listed(c),
        "spearman": [rho.statistic, rho.pvalue], "pearson": stats.pearsonr(a, b).statistic,
        "mannWhitney": [float(u.statistic), u.pvalue],
        "table": table, "chiSquare": [chi.statistic, chi.pvalue], "v": stats.contingency.association(table, "cramer"),
        "twoProportions": [float(z[0]), float(z[1])],
    }


def corrections():
    p = [0.001, 0.2, 0.012, 0.04, 0.04, 0.9, 0.0003, 0.06]
    return {"p": p, "bh": multipletests(p, method="fdr_bh")[1].tolist(), "holm": multipletests(p, method="holm")[1].tolist()}


def icc():
    """One-way ICC(1) with unequal groups, from the analysis of variance, and its lower 95 % bound."""
    groups = np.repeat(np.arange(25), rng.integers(1, 9, 25))
    y = rng.normal(size=25)[groups] * 0.8 + rng.normal(size=groups.size)
    k, n = 25, groups.size
    sizes = np.bincount(groups)
    means = np.bincount(groups, y) / sizes
    msb = (sizes * (means - y.mean()) ** 2).sum() / (k - 1)
    msw = ((y - means[groups]) ** 2).sum() / (n - k)
    n0 = (n - (sizes**2).sum() / n) / (k - 1)
    f = stats.f_oneway(*[y[groups == g] for g in range(k)]).statistic
    assert abs(f - msb / msw) < 1e-9
    low = f / stats.f.ppf(0.95, k - 1, n - k)
    return {"groups": listed(groups), "y": listed(y), "value": (f - 1) / (f + n0 - 1), "low": (low - 1) / (low + n0 - 1)}


def power():
    rows = 400
    x = rng.normal(size=rows)
    out = []
    for classes in (2, 3, 0):
        if classes == 2:
            y = (np.abs(x) + rng.normal(size=rows) * 0.2 > 1).astype(float)
        elif classes == 3:
            y = np.digitize(x + rng.normal(size=rows) * 0.3, [-0.5, 0.5]).astype(float)
        else:
            y = np.sin(2 * x) + rng.normal(size=rows) * 0.1
        scores = []
        for fold in range(4):
            held = np.arange(rows) % 4 == fold
            kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
            tree = kind(max_depth=6, min_samples_leaf=5, random_state=0).fit(x[~held, None], y[~held])
            predicted = tree.predict(x[held, None])
            scores.append(f1_score(y[held], predicted, average="weighted") if classes
                          else mean_absolute_error(y[held], predicted))
        score = np.mean(scores)
        if classes:
            shares = np.bincount(y.astype(int)) / rows
            most = shares.max()
            guess = max(f1_score(y, np.full(rows, shares.argmax()), average="weighted"), (shares**2).sum())
            assert abs(f1_score(y, np.full(rows, shares.argmax()), average="weighted") - most * 2 * most / (1 + most)) < 1e-12
            value = (score - guess) / (1 - guess)
        else:
            value = 1 - score / mean_absolute_error(y, np.full(rows, np.median(y)))
        out.append({"classes": classes, "x": listed(x), "y": listed(y), "value": float(value)})
    return out


print(json.dumps({"distributions": distributions(), "intervals": intervals(), "ranks": ranks(), "tests": tests(),
                  "corrections": corrections(), "icc": icc(), "power": power()}, default=float))
