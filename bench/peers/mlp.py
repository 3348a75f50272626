"""Seconds an epoch of scikit-learn's MLP, and of Keras where it is installed, on the table that bench/mlp.ts wrote."""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

folder, rows, columns, epochs = Path(sys.argv[1]), *map(int, sys.argv[2:5])


def read(name):
    x = np.fromfile(folder / f"{name}.x", np.float32).reshape(columns, rows).T
    return np.ascontiguousarray(x), np.fromfile(folder / f"{name}.y", np.float64)


(train_x, train_y), (test_x, test_y) = read("train"), read("test")


def measure(name, fit, score):
    start, processor = time.perf_counter(), time.process_time()
    fit()
    result = {
        "name": name,
        "seconds": (time.perf_counter() - start) / epochs,
        "processor": (time.process_time() - processor) / epochs,
        "auc": float(roc_auc_score(test_y, score())),
    }
    return result


def scikit():
    model = MLPClassifier((128, 128), batch_size=256, learning_rate_init=0.001, alpha=0, max_iter=epochs, random_state=1)
    warnings.simplefilter("ignore")
    return measure("scikit-learn", lambda: model.fit(train_x, train_y), lambda: model.predict_proba(test_x)[:, 1])


def keras():
    import keras

    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((columns,)), dense(128, "relu"), dense(128, "relu"), dense(1)])
    model.compile(keras.optimizers.Adam(0.001), keras.losses.BinaryCrossentropy(from_logits=True))
    # The first epoch compiles.
    model.fit(train_x, train_y, batch_size=256, epochs=1, verbose=0)
    fit = lambda: model.fit(train_x, train_y, batch_size=256, epochs=epochs, verbose=0)
    return measure("Keras", fit, lambda: model.predict(test_x, verbose=0)[:, 0])


results = [scikit()]
try:
    results.append(keras())
except ImportError:
    pass
print(json.dumps(results))
