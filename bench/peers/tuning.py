"""The peer of bench/tuning.ts: Optuna's TPE over LightGBM, on the rows of a run's predictions file, for as many seconds.

python bench/peers/tuning.py FOLDER PREDICTIONS METRIC SECONDS SEED SPACE TRIALS   (SPACE: a..b, perhaps log, by setting; prints JSON)
"""

import json
import sys

import lightgbm
import optuna
import pandas as pd
from sklearn.metrics import r2_score, roc_auc_score

folder, predictions, metric, seconds, seed, space, most = sys.argv[1:8]
space = json.loads(space)
table = pd.read_csv(f"{folder}/table.csv")
sides = pd.read_parquet(predictions, columns=["row", "split"]).set_index("row")["split"]
target = table.pop("y")
score = roc_auc_score if metric == "roc_auc" else r2_score
NAMES = dict(
    learning_rate="learning_rate", max_leaves="num_leaves", min_leaf="min_data_in_leaf", subsample="bagging_fraction",
    colsample="feature_fraction", l2="lambda_l2",
)


# Validation rows stand in the file, and so do test rows; all others were trained on.
side = sides.reindex(range(len(table))).fillna("train")
rows = {name: side.to_numpy() == name for name in ("train", "valid", "test")}
fixed = dict(
    objective="binary" if metric == "roc_auc" else "regression", max_depth=6, max_bin=255, bagging_freq=1, verbose=-1,
    num_threads=2, seed=int(seed), metric="auc" if metric == "roc_auc" else "l2",
)


def suggest(trial):
    settings = {}
    for name, text in space.items():
        ends, log = text.split()[0].split(".."), text.endswith("log")
        whole = "." not in ends[0] and "." not in ends[1]
        low, high = map(int if whole else float, ends)
        settings[NAMES[name]] = (trial.suggest_int if whole else trial.suggest_float)(name, low, high, log=log)
    return settings


models = {}


def objective(trial):
    settings = suggest(trial)
    train = lightgbm.Dataset(table[rows["train"]], target[rows["train"]], free_raw_data=False)
    valid = lightgbm.Dataset(table[rows["valid"]], target[rows["valid"]], reference=train)
    patience = 10 * max(1, round(0.25 / settings["learning_rate"]))

    def prune(env):
        value = env.evaluation_result_list[0][2]
        trial.report(value if metric == "roc_auc" else -value, env.iteration)
        if trial.should_prune():
            raise optuna.TrialPruned()

    callbacks = [lightgbm.early_stopping(patience, verbose=False), prune]
    model = lightgbm.train({**fixed, **settings}, train, 1000, [valid], callbacks=callbacks)
    models[trial.number] = model
    return score(target[rows["valid"]], model.predict(table[rows["valid"]]))


optuna.logging.set_verbosity(optuna.logging.ERROR)
pruner = optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=50)
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=int(seed)), pruner=pruner)
study.optimize(objective, n_trials=int(most), timeout=float(seconds))
best = models[study.best_trial.number]
print(json.dumps({
    "valid": study.best_value, "test": score(target[rows["test"]], best.predict(table[rows["test"]])),
    "trials": len(study.trials),
}))
