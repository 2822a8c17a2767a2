"""The classifier comes back from its int8 graph, and answers as it did there."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from hubbub.core.errors import Misconfigured
from hubbub.models.cuda import CudaGraph
from hubbub.models.dequantise import load_classifier
from hubbub.models.engine import Engine, OnnxGraph
from tests.models import tiny

TEXTS = [text for text, _, _ in tiny.POSTS]


def test_all_products_of_the_encoder_are_in_int8(trained: Path):
    graph = onnx.load(trained / "weights" / "model.onnx").graph
    kinds = [node.op_type for node in graph.node]
    assert kinds.count("QAttention") == tiny.SHAPE["num_hidden_layers"]
    assert kinds.count("MatMulIntegerToFloat") == 3 * tiny.SHAPE["num_hidden_layers"]
    assert "MatMul" not in kinds
    assert kinds.count("Gemm") == 2  # the heads


def test_another_graph_is_refused(trained: Path):
    with pytest.raises(Misconfigured, match="is not an int8 graph of hubbub train"):
        load_classifier(trained / "fp32" / "model.onnx")


def test_in_bf16_it_says_what_the_graph_says(trained: Path):
    file = trained / "weights" / "model.onnx"
    engine = Engine(file.with_name("tokenizer.json"), max_tokens=128)
    logits, embeddings = engine.ask(TEXTS, OnnxGraph(file))
    again, near = engine.ask(TEXTS, CudaGraph(file, device="cpu"))
    assert (again.argmax(1) == logits.argmax(1)).mean() > 0.9
    assert np.abs(again - logits).mean() < 0.1 * np.abs(logits).mean()
    assert (embeddings * near).sum(1).min() > 0.99
