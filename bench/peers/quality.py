"""The peer of bench/quality.ts: its tables, and scikit-learn and LightGBM on the rows, columns and split of its runs.

python quality.py tables FOLDER VEGA   writes a CSV a table
python quality.py score FOLDER         reads FOLDER/runs.json, prints a JSON list: metric values by peer for each run
"""
import json
import sys
import warnings

import lightgbm
import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import ColumnTransformer
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


def boost(run, features, y, known, valid, **settings):
    """Early stopping where the run has it: on its validation rows, or at the mean of five folds."""
    task, classes = run["task"], run["classes"]
    Model = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    metric = {"regression": "l2", "binary": "auc", "multiclass": "multi_logloss"}[task]
    make = lambda trees: Model(n_estimators=trees, random_state=run["seed"], verbose=-1, n_jobs=2, deterministic=True, **settings)

    def stopped(train, held):
        model = make(1000)
        model.fit(features.iloc[train], y[train], eval_set=[(features.iloc[held], y[held])], eval_metric=metric,
                  callbacks=[lightgbm.early_stopping(50, first_metric_only=True, verbose=False)])
        return model

    if "n_estimators" in settings:
        trees = settings.pop("n_estimators")
        model = make(trees).fit(features.iloc[known], y[known])
    elif len(valid):
        model = stopped(np.setdiff1d(known, valid), valid)
    else:
        Folds = KFold if task == "regression" else StratifiedKFold
        folds = Folds(5, shuffle=True, random_state=run["seed"]).split(known, y[known])
        model = make(max(1, round(np.mean([stopped(known[a], known[b]).best_iteration_ for a, b in folds]))))
        model.fit(features.iloc[known], y[known])
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


def score(folder):
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
        same = dict(learning_rate=0.05, num_leaves=31, max_depth=6, min_child_samples=20, subsample=0.8, subsample_freq=1,
                    colsample_bytree=0.8, reg_lambda=1)
        classes = len(run["classes"])
        answers.append({name: metrics(run["task"], y[test], predict(test), classes) for name, predict in {
            "lightgbm": boost(run, features, y, known, valid, **same),
            "lightgbm default": boost(run, features, y, train, valid, n_estimators=100),
            "linear": linear(run, features, y, train),
        }.items()})
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
    score(sys.argv[2])
