"""Scores the example model with Python's ONNX Runtime: what every other user of the file gets. See write.ts."""
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

folder = pathlib.Path(sys.argv[1])
model = (folder / "model.onnx").read_bytes()
onnx.checker.check_model(onnx.load_from_string(model), full_check=True)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
feeds = {}
for feed in json.loads((folder / "feeds.json").read_text()):
    kind = session.get_inputs()[len(feeds)].type
    values = np.array(feed["values"], dtype=object if kind == "tensor(string)" else np.float64)
    with np.errstate(over="ignore"):  # as in training: what overflows float32 is missing
        feeds[feed["name"]] = (values if kind == "tensor(string)" else values.astype(np.float32)).reshape(-1, 1)
assert list(feeds) == [i.name for i in session.get_inputs()]
label, probabilities = session.run(None, feeds)
expected = {
    "model": hashlib.sha256(model).hexdigest(),
    "outputs": [o.name for o in session.get_outputs()],
    "labels": label.tolist(),
    "probabilities": probabilities.astype(np.float32).view(np.int32).ravel().tolist(),
}
(pathlib.Path(__file__).parent / "scores.json").write_text(json.dumps(expected))
