"""The five nearest neighbours within the rare class, by scikit-learn, of columns of very different scales; writes smote.json.

Run with scikit-learn installed: python test/training/smote.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(5)
rows = (random.normal(size=(90, 3)) * [1, 1000, 0.01] + [0, 5000, 0]).round(4).astype(np.float32)
target = (np.arange(90) % 4 == 0).astype(int)
rare = np.flatnonzero(target == 1)
scaled = StandardScaler().fit_transform(rows.astype(float))[rare]
near = NearestNeighbors(n_neighbors=6).fit(scaled).kneighbors(scaled, return_distance=False)
out = {
    "columns": rows.T.astype(float).tolist(),
    "target": target.tolist(),
    "near": {int(rare[i]): sorted(int(rare[j]) for j in found if j != i) for i, found in enumerate(near)},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out))
