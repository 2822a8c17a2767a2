"""The network comes back from its int8 graph, and answers there as it did."""

from pathlib import Path

import numpy as np
import onnx

from hubbub.models.cuda import CudaNetwork
from hubbub.models.engine import Engine, OnnxNetwork
from tests.models import tiny

TEXTS = [text for text, _, _ in tiny.POSTS]


def engine_of(network, folder: Path) -> Engine:
    return Engine(network, folder / "tokenizer.json", max_tokens=128)


def test_the_int8_graph_holds_fused_attention_and_no_other_products(trained: Path):
    graph = onnx.load(trained / "weights" / "model.onnx").graph
    kinds = [node.op_type for node in graph.node]
    assert kinds.count("QAttention") == tiny.SHAPE["num_hidden_layers"]
    assert kinds.count("MatMulIntegerToFloat") == 3 * tiny.SHAPE["num_hidden_layers"]
    assert "MatMul" not in kinds


def test_in_bf16_it_says_what_the_graph_says(trained: Path):
    folder = trained / "weights"
    logits, embeddings = engine_of(OnnxNetwork(folder / "model.onnx"), folder).read(TEXTS)
    again, near = engine_of(CudaNetwork(folder / "model.onnx", device="cpu"), folder).read(TEXTS)
    assert (again.argmax(1) == logits.argmax(1)).mean() > 0.9
    assert np.abs(again - logits).mean() < 0.1 * np.abs(logits).mean()
    assert (embeddings * near).sum(1).min() > 0.99
