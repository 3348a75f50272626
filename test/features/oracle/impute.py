"""Numbers with gaps, filled by scikit-learn's KNNImputer and IterativeImputer. Run: python impute.py (writes impute.csv, impute.json)."""
import json
import pathlib

import numpy as np
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.preprocessing import StandardScaler

here = pathlib.Path(__file__).parent
random = np.random.default_rng(11)
rows, train = 160, 110

a = random.normal(50, 12, rows)
b = 3 * a + random.normal(0, 10, rows)
c = np.round(random.gamma(2, 1000, rows))
# No two rows are equally far from a third: which of them scikit-learn takes is not said.
d = np.round(a / 10 + c / 1000 + random.normal(0, 0.3, rows), 4)
e = np.round(random.normal(0, 1, rows), 5)
values = np.column_stack([np.round(a, 2), np.round(b, 2), c, d, e])
values[random.random(values.shape) < [0.1, 0.2, 0.05, 0.3, 0]] = np.nan
values[-1] = np.nan  # nothing to compare with: the mean
values[-2, 4] = np.nan  # a gap in a column that has none in training
with open(here / "impute.csv", "w") as file:
    file.write("a,b,c,d,e\n")
    for row in values:
        file.write(",".join("" if np.isnan(v) else repr(float(v)) for v in row) + "\n")

seen = values.astype(np.float32).astype(float)
out = {}
for name, imputer in [("knn", KNNImputer()), ("iterative", IterativeImputer(random_state=0))]:
    # Distances and penalties between columns of one spread; what is filled is told in the columns' own units.
    scaler = StandardScaler().fit(seen[:train])
    filled = imputer.fit(scaler.transform(seen[:train])).transform(scaler.transform(seen))
    out[name] = scaler.inverse_transform(filled)
    out[f"{name} standard"] = StandardScaler().fit(out[name][:train]).transform(out[name])
json.dump({name: values.T.tolist() for name, values in out.items()}, open(here / "impute.json", "w"))
