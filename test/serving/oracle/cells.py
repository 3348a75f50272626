"""What pandas and NumPy make of the values that requests hold: run as `python cells.py > cells.json`."""
import base64
import json

import numpy as np
import pandas as pd

dates = [
    "2024-05-31", "2024-02-29", "2023-02-29", "2024-02-30", "2024-05-31T14:30", "2024-05-31T14:30:15",
    "2024-05-31 14:30:15", "2024-05-31T14:30:15.999999", "2024-05-31T14:30:15Z", "2024-05-31T23:30:00-05:00",
    "2024-01-01T00:30:00+01:00", "2024-05-31T14:30:15+0530", "2024-05-31T14:30:15+05", "2024-13-01", "2024-00-10",
    "2024-05-31T24:00:00", "2024-05-31T23:60:00", "2024-05-31T23:59:60", "1999-12-31T23:59:59.5-00:01",
    "1700-03-01", "2262-01-01",
]


def canonical(text):
    try:
        moment = pd.to_datetime(text, utc=True, format="ISO8601")
    except (ValueError, pd.errors.OutOfBoundsDatetime):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


numbers = [0.1, 1e39, -1e39, 16777217, 3.4028235e38, 3.4028236e38, 3.5e38, 1e-46, -0.0, 123456.789]
with np.errstate(over="ignore"):
    float32 = [np.float32(value) for value in numbers]

rng = np.random.default_rng(1)
tensors = {}
for name, dtype in {
    "INT8": "<i1", "UINT8": "<u1", "INT16": "<i2", "UINT16": "<u2", "INT32": "<i4", "UINT32": "<u4",
    "INT64": "<i8", "UINT64": "<u8", "FP16": "<f2", "FP32": "<f4", "FP64": "<f8", "BOOL": "?",
}.items():
    values = (rng.normal(size=7) * 50).astype(dtype) if name[0] in "IF" else rng.integers(0, 2, 7).astype(dtype)
    tensors[name] = {
        "bytes": base64.b64encode(values.tobytes()).decode(),
        "values": [bool(v) if name == "BOOL" else float(v) for v in values],
    }

print(json.dumps({
    "dates": [[text, canonical(text)] for text in dates],
    "numbers": [[value, float(after) if np.isfinite(after) else None] for value, after in zip(numbers, float32)],
    "tensors": tensors,
}, indent=1))
