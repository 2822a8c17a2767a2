"""Products in int8 with fixed scales."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from hubbub.models.training import quantise as quantising
from hubbub.models.training.quantise import LARGEST, quantise


def product(matrix: np.ndarray) -> onnx.ModelProto:
    """A graph of one product."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "matrix"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", len(matrix)])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", matrix.shape[1]])],
        [numpy_helper.from_array(matrix, "matrix")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    return onnxruntime.InferenceSession(model.SerializeToString()).run(["y"], {"x": x})[0]


def test_one_large_channel_spoils_the_others_less_than_with_one_scale_for_all(monkeypatch: pytest.MonkeyPatch):
    dice = np.random.default_rng(1)
    matrix = dice.normal(size=(64, 32)).astype(np.float32)
    rows = dice.normal(size=(500, 64)).astype(np.float32)
    rows[:, 5] *= 10
    there, samples = run(product(matrix), rows), [{"x": rows[:250]}]
    found = quantise(product(matrix), samples)
    monkeypatch.setattr(quantising, "_candidates", lambda rows, _: [(np.ones(rows.shape[1]), 1.0)])
    plain = quantise(product(matrix), samples)
    assert np.square(run(found, rows) - there).mean() < 0.6 * np.square(run(plain, rows) - there).mean()


def test_a_row_has_its_own_product_whatever_stands_beside_it():
    dice = np.random.default_rng(2)
    matrix, rows = dice.normal(size=(16, 8)).astype(np.float32), dice.normal(size=(40, 16)).astype(np.float32)
    small = quantise(product(matrix), [{"x": rows}])
    together = run(small, np.concatenate([rows, 1000 * rows]))[:40]
    np.testing.assert_allclose(together, np.concatenate([run(small, row[None]) for row in rows]), rtol=1e-6)


def test_matrices_use_seven_bits():
    dice = np.random.default_rng(3)
    matrix, rows = dice.normal(size=(16, 8)).astype(np.float32), dice.normal(size=(40, 16)).astype(np.float32)
    small = quantise(product(matrix), [{"x": rows}])
    codes = next(numpy_helper.to_array(entry) for entry in small.graph.initializer if entry.name == "y/matrix")
    assert codes.dtype == np.int8
    assert np.abs(codes).max() == LARGEST
