"""The peer of bench/drift.ts: Evidently's data drift preset on the same two tables, with its defaults.

Arguments: the reference and the current table.
"""
import sys

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
result = Report([DataDriftPreset()]).run(current, reference).dict()
counts = next(m["value"] for m in result["metrics"] if "DriftedColumnsCount" in str(m.get("metric_name", m.get("metric_id", ""))))
print(f"{counts['count']:.0f} of {reference.shape[1]} columns drifted by its defaults")
