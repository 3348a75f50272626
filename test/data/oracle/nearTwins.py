"""Rows that hang together by Jaccard similarity, from scikit-learn's distances and SciPy's components; writes nearTwins.json.

Run with scikit-learn installed: python test/data/oracle/nearTwins.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import pairwise_distances

random = np.random.default_rng(4)
range_ = 60
rows = []
for _ in range(40):
    base = random.choice(range_, random.integers(6, 22), replace=False)
    for _ in range(5):
        keep = base[random.uniform(size=len(base)) > 0.08]
        rows.append(sorted(set(keep.tolist()) | set(random.choice(range_, random.integers(0, 2), replace=False).tolist())))
table = np.zeros((len(rows), range_), bool)
for row, members in enumerate(rows):
    table[row, members] = True
similar = 1 - pairwise_distances(table, metric="jaccard")
first = {}
for least in [0.5, 0.7, 0.85, 1]:
    _, labels = connected_components(similar >= least - 1e-9, directed=False)
    first[least] = [int(np.flatnonzero(labels == label)[0]) for label in labels]
out = {"range": range_, "rows": rows, "first": {str(least): leaders for least, leaders in first.items()}}
Path(__file__).with_suffix(".json").write_text(json.dumps(out))
print({least: len(set(leaders)) for least, leaders in first.items()})
