"""Expected values of search.test.ts: Optuna's samplers on Branin's function, best of 40 trials, mean of 300 seeds."""
import math

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def branin(trial):
    x = trial.suggest_float("x", -5, 10)
    y = trial.suggest_float("y", 0, 15)
    a = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return -(a**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


for name, create in [("tpe", optuna.samplers.TPESampler), ("random", optuna.samplers.RandomSampler)]:
    best = []
    for seed in range(300):
        study = optuna.create_study(direction="maximize", sampler=create(seed=seed))
        study.optimize(branin, n_trials=40)
        best.append(study.best_value)
    print(name, round(sum(best) / len(best), 3))
