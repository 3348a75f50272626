"""The peer of bench/linear.ts: scikit-learn from a Parquet file to logistic regression, by each solver that suits.

Prints, as JSON, the seconds of the preparation and of the fit of the fastest.

python bench/peers/linear.py FILE
"""

import json
import sys
import time

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

results = []
for name, dense in [("lbfgs", False), ("lbfgs (dense)", True), ("newton-cholesky", True)]:
    start = time.perf_counter()
    rows = pd.read_parquet(sys.argv[1])
    target = rows.pop("y").to_numpy()
    numbers = [column for column in rows if column.startswith("n")]
    levels = [column for column in rows if column.startswith("c")]
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
            ("levels", OneHotEncoder(handle_unknown="ignore", sparse_output=not dense), levels),
        ],
        sparse_threshold=0 if dense else 1,
    )
    table = prepare.fit_transform(rows)
    prepared = time.perf_counter()
    model = LogisticRegression(solver=name.split(" ")[0], max_iter=1000).fit(table, target)
    fitted = time.perf_counter()
    loss = log_loss(target, model.predict_proba(table)[:, 1])
    results.append({"solver": name, "prepare": prepared - start, "fit": fitted - prepared, "loss": loss})
print(json.dumps(min(results, key=lambda each: each["prepare"] + each["fit"])))
