"""The peer of bench/quality.ts: its tables, and scikit-learn, LightGBM and XGBoost on the rows, columns and split of its runs.

python quality.py tables FOLDER VEGA   writes a CSV a table
python quality.py score FOLDER NAMES   reads FOLDER/runs.json, prints a JSON list: metric values by peer for each run
"""
import json
import sys
import warnings

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from sklearn import datasets
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")


def housing(rows=20_640):
    """Like California's: heavy tails, a place that matters in no simple way, a capped target."""
    random = np.random.default_rng(1)
    income = np.round(random.lognormal(1.25, 0.45, rows), 4)
    longitude, latitude = random.uniform(-124, -114, rows).round(2), random.uniform(32, 42, rows).round(2)
    age = random.integers(1, 53, rows)
    people = random.lognormal(7, 0.7, rows).round()
    rooms = np.round(random.normal(5.4, 1.2, rows), 3)
    coast = np.exp(-np.abs(longitude + 124 - 0.9 * (42 - latitude)) / 1.5)
    value = 0.42 * income + 1.6 * coast + 0.01 * age + 0.15 * np.sin(rooms) - 0.05 * np.log(people)
    value = np.minimum(value * random.lognormal(0, 0.2, rows), 5).round(3)
    frame = pd.DataFrame(dict(income=income, age=age, rooms=rooms, people=people, latitude=latitude, longitude=longitude, value=value))
    frame.loc[random.random(rows) < 0.02, "rooms"] = np.nan
    return frame


def churn(rows=7_043):
    """Like a telephone company's: mostly categories, and a charge that depends on them."""
    random = np.random.default_rng(2)
    pick = lambda *levels, p=None: random.choice(levels, rows, p=p)
    contract = pick("month", "one year", "two years", p=[0.55, 0.21, 0.24])
    internet = pick("fiber", "dsl", "no", p=[0.44, 0.34, 0.22])
    payment = pick("electronic check", "mailed check", "transfer", "card")
    tenure = random.integers(0, 73, rows)
    support = np.where(internet == "no", "no internet", pick("yes", "no"))
    charge = (20 + 30 * (internet == "dsl") + 55 * (internet == "fiber") + 5 * random.normal(size=rows)).round(2)
    logit = -1.6 + 1.2 * (contract == "month") - 0.9 * (contract == "two years") + 0.9 * (internet == "fiber")
    logit += 0.5 * (payment == "electronic check") - 0.03 * tenure - 0.4 * (support == "yes") + 0.01 * (charge - 60)
    logit += 0.9 * ((tenure < 6) & (internet == "fiber"))
    churned = np.where(random.random(rows) < 1 / (1 + np.exp(-logit)), "yes", "no")
    return pd.DataFrame(dict(tenure=tenure, contract=contract, internet=internet, payment=payment, support=support, charge=charge, churned=churned))


def write_tables(folder, vega):
    for name in ["breast_cancer", "wine", "iris", "diabetes", "digits"]:
        getattr(datasets, f"load_{name}")(as_frame=True).frame.to_csv(f"{folder}/{name}.csv", index=False)
    housing().to_csv(f"{folder}/housing.csv", index=False)
    churn().to_csv(f"{folder}/churn.csv", index=False)
    pd.read_json(f"{vega}/penguins.json").to_csv(f"{folder}/penguins.csv", index=False)
    pd.read_json(f"{vega}/cars.json").to_csv(f"{folder}/cars.csv", index=False)
    movies = pd.read_json(f"{vega}/movies.json", convert_dates=False)
    movies = movies.drop(columns=["Title", "Director", "Rotten Tomatoes Rating"]).dropna(subset=["IMDB Rating"])
    movies["Release Date"] = pd.to_datetime(movies["Release Date"], errors="coerce", format="mixed").dt.date
    movies.to_csv(f"{folder}/movies.csv", index=False)
    pd.read_csv(f"{vega}/seattle-weather.csv").to_csv(f"{folder}/weather.csv", index=False)
    strikes = pd.read_csv(f"{vega}/birdstrikes.csv")
    # pandas reads the word None as missing.
    strikes["damage"] = strikes.pop("Effect Amount of damage").notna().astype(int)
    strikes.drop(columns=["Cost Other", "Cost Repair", "Cost Total $"]).to_csv(f"{folder}/birdstrikes.csv", index=False)
    flights = pd.read_parquet(f"{vega}/flights-3m.parquet").sample(100_000, random_state=1)
    flights["late"] = (flights.pop("delay") > 15).astype(int)
    flights.to_csv(f"{folder}/flights.csv", index=False)


def read_features(frame, columns):
    """Numbers as they are, dates as their parts, everything else a category."""
    features = {}
    for column, kind in columns.items():
        values = frame[column]
        if kind == "datetime":
            date = pd.to_datetime(values, errors="coerce", format="mixed")
            for part in ["year", "month", "day", "dayofweek", "dayofyear", "hour", "minute"]:
                features[f"{column} {part}"] = getattr(date.dt, part).astype(float)
        elif kind == "numeric":
            features[column] = values.astype(float)
        else:
            features[column] = values.astype(str).where(values.notna()).astype("category")
    frame = pd.DataFrame(features)
    frame.columns = [f"c{i}" for i in range(frame.shape[1])]
    return frame


def metrics(task, truth, scores, classes):
    if task == "regression":
        return {"r2": r2_score(truth, scores)}
    if task == "binary":
        return {"roc_auc": roc_auc_score(truth == 1, scores[:, 1])}
    present = np.isin(np.arange(classes), truth)
    area = np.mean([roc_auc_score(truth == k, scores[:, k]) for k in np.flatnonzero(present)])
    return {"roc_auc": area, "macro_f1": f1_score(truth, scores.argmax(1), average="macro")}


# The language's defaults as each library calls them; XGBoost counts hessians where the others count rows (`least_hessian`),
# and scikit-learn draws no rows and its columns anew for each split.
SHARED = {
    "lightgbm": dict(learning_rate=0.05, num_leaves=31, max_depth=6, min_child_samples=20, subsample=0.8, subsample_freq=1,
                     colsample_bytree=0.8, reg_lambda=1),
    "xgboost": dict(learning_rate=0.05, max_leaves=31, grow_policy="lossguide", max_depth=6, subsample=0.8,
                    colsample_bytree=0.8, reg_lambda=1),
    "scikit-learn": dict(learning_rate=0.05, max_leaf_nodes=31, max_depth=6, min_samples_leaf=20, l2_regularization=1,
                         max_features=0.8, early_stopping=False),
}
CEILING, PATIENCE = 1000, 50


def least_hessian(task, y):
    """What 20 rows weigh before the first tree."""
    if task == "regression":
        return 20
    shares = np.bincount(y) / len(y)
    return 20 * (shares * (1 - shares)).mean() * (1 if task == "binary" else 2)


def lightgbm_model(task, seed, settings):
    Model = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    return Model(random_state=seed, verbose=-1, deterministic=True, **settings)


def xgboost_model(task, seed, settings):
    Model = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    return Model(random_state=seed, enable_categorical=True, **settings)


def sklearn_model(task, seed, settings):
    Model = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    return Model(random_state=seed, categorical_features="from_dtype", **settings)


def lightgbm_steps(task, seed, settings, train, held):
    metric = {"regression": "l2", "binary": "binary_logloss", "multiclass": "multi_logloss"}[task]
    model = lightgbm_model(task, seed, dict(n_estimators=CEILING, **settings))
    model.fit(*train, eval_set=[held], eval_metric=metric,
              callbacks=[lightgbm.early_stopping(PATIENCE, first_metric_only=True, verbose=False)])
    return model.best_iteration_


def xgboost_steps(task, seed, settings, train, held):
    metric = {"regression": "rmse", "binary": "logloss", "multiclass": "mlogloss"}[task]
    model = xgboost_model(task, seed, dict(n_estimators=CEILING, eval_metric=metric, early_stopping_rounds=PATIENCE, **settings))
    model.fit(*train, eval_set=[held], verbose=False)
    return model.best_iteration + 1


def sklearn_steps(task, seed, settings, train, held):
    stop = dict(early_stopping=True, n_iter_no_change=PATIENCE, tol=0, scoring="loss")
    model = sklearn_model(task, seed, {**settings, "max_iter": CEILING, **stop})
    model.fit(*train, X_val=held[0], y_val=held[1])
    return max(1, int(np.argmax(model.validation_score_)))


BOOSTERS = {
    "lightgbm": (lightgbm_model, lightgbm_steps, "n_estimators"),
    "xgboost": (xgboost_model, xgboost_steps, "n_estimators"),
    "scikit-learn": (sklearn_model, sklearn_steps, "max_iter"),
}


def boost(name, run, features, y, known, valid):
    """Our settings, stopped as the run is: on its validation rows, or at the mean of five folds."""
    features = features if name != "scikit-learn" else with_few_levels(features)
    task, seed = run["task"], run["seed"]
    make, steps_of, ceiling = BOOSTERS[name]
    settings = dict(SHARED[name])
    if name == "xgboost":
        settings["min_child_weight"] = least_hessian(task, y[known])

    def steps(train, held):
        return steps_of(task, seed, settings, (features.iloc[train], y[train]), (features.iloc[held], y[held]))

    rows = np.setdiff1d(known, valid)
    if len(valid):
        trees = steps(rows, valid)
    else:
        Folds = KFold if task == "regression" else StratifiedKFold
        folds = Folds(5, shuffle=True, random_state=seed).split(known, y[known])
        trees = max(1, round(np.mean([steps(known[a], known[b]) for a, b in folds])))
    return predictor(task, make(task, seed, {ceiling: trees, **settings}).fit(features.iloc[rows], y[rows]), features)


def boost_plainly(name, run, features, y, known):
    """As the library comes, on everything but the test rows."""
    features = features if name != "scikit-learn" else with_few_levels(features)
    model = BOOSTERS[name][0](run["task"], run["seed"], {})
    return predictor(run["task"], model.fit(features.iloc[known], y[known]), features)


def with_few_levels(features):
    """HistGradientBoosting takes 255 levels at most: those of larger columns become numbers."""
    large = [name for name in features if features[name].dtype == "category" and len(features[name].cat.categories) > 255]
    return features.assign(**{name: features[name].cat.codes.astype(float).replace(-1, np.nan) for name in large})


def predictor(task, model, features):
    predict = model.predict if task == "regression" else model.predict_proba
    return lambda rows: predict(features.iloc[rows])


def linear(run, features, y, known):
    numbers = [name for name in features if features[name].dtype == float]
    texts = [name for name in features if name not in numbers]
    prepared = features.astype({name: object for name in texts})
    prepare = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
        ("texts", make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"),
                                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.01)), texts)])
    model = make_pipeline(prepare, Ridge() if run["task"] == "regression" else LogisticRegression(max_iter=5000))
    model.fit(prepared.iloc[known], y[known])
    predict = model.predict if run["task"] == "regression" else model.predict_proba
    return lambda rows: predict(prepared.iloc[rows])


def score(folder, libraries):
    answers = []
    for run in json.load(open(f"{folder}/runs.json")):
        frame = pd.read_csv(f"{folder}/{run['table']}.csv")
        features = read_features(frame, run["features"])
        if run["task"] == "regression":
            y = frame[run["target"]].to_numpy(float)
        else:
            codes = {str(label): code for code, label in enumerate(run["classes"])}
            y = frame[run["target"]].map(lambda value: codes[str(value)]).to_numpy()
        rows = pd.read_parquet(run["predictions"])
        sides = {side: rows.loc[rows["split"] == side, "row"].to_numpy() for side in ["train", "valid", "test"]}
        known, test, valid = np.union1d(sides["train"], sides["valid"]), sides["test"], np.setdiff1d(sides["valid"], sides["train"])
        train = np.setdiff1d(known, valid)
        classes = len(run["classes"])
        fitted = {"linear": linear(run, features, y, train)}
        for name in libraries.split(","):
            fitted[name] = boost(name, run, features, y, known, valid)
            fitted[f"{name} as it comes"] = boost_plainly(name, run, features, y, known)
        answers.append({name: metrics(run["task"], y[test], predict(test), classes) for name, predict in fitted.items()})
        own = rows[rows["split"] == "test"].set_index("row").loc[test]
        if run["task"] == "regression":
            scores = own["prediction"].to_numpy(float)
        elif run["task"] == "binary":
            scores = np.column_stack([1 - own["score"], own["score"]])
        else:
            scores = own[[f"score_{label}" for label in run["classes"]]].to_numpy()
        answers[-1]["own"] = metrics(run["task"], y[test], scores, classes)
    print(json.dumps(answers))


if sys.argv[1] == "tables":
    write_tables(*sys.argv[2:4])
else:
    score(*sys.argv[2:4])
