"""The peer of bench/serving.ts: a LightGBM model of the same size on the same rows, saved as MLflow saves it.

Arguments: the table, and where the model goes.
"""
import sys

import lightgbm
import mlflow
import pandas as pd

rows = pd.read_csv(sys.argv[1])
model = lightgbm.LGBMClassifier(n_estimators=100, verbose=-1).fit(rows.drop(columns="y"), rows["y"])
mlflow.lightgbm.save_model(model, sys.argv[2])
