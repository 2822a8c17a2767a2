"""A GPU is used where it can be; where it cannot, the embedded judge stays on the processor and says why."""

import pytest
import torch

from hubbub.models import cuda


@pytest.fixture
def with_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


def test_a_gpu_is_used_where_there_is_one(with_gpu: None):
    assert cuda.has_cuda()


def test_without_a_driver_torch_is_not_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cuda.shutil, "which", lambda name: None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: pytest.fail("asked"))
    assert not cuda.has_cuda()


def test_a_missing_package_is_named(with_gpu: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(cuda, "find_spec", lambda name: None)
    assert not cuda.has_cuda()
    assert caplog.messages == ['a GPU is not used, since onnx is not installed: pip install "hubbub[gpu]"']
