"""The embedded network on a GPU, in bf16 by torch."""

import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.models.engine import Floats, Ids


def has_cuda() -> bool:
    """Whether torch can use a GPU here; torch is imported only where there is a driver, since that takes seconds."""
    if not shutil.which("nvidia-smi"):
        return False
    import torch

    return torch.cuda.is_available()


class CudaNetwork:
    """The network of an int8 graph, its products in bf16."""

    def __init__(self, graph: Path, device: str = "cuda") -> None:
        """Raises:
        Misconfigured: a package is not installed that reads the graph.
        """
        if not find_spec("onnx"):
            raise Misconfigured("judging on a GPU needs one more package: pip install onnx")
        from hubbub.models.network import load_network

        self._device = device
        self._network = load_network(graph).to(device)

    def read(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        return self._run(self._network, ids, mask)[:2]

    def words(self, ids: Ids, mask: Ids) -> Floats:
        return self._run(self._network.ngrams, ids, mask)[0]

    def _run(self, part: Any, ids: Ids, mask: Ids) -> list[Floats]:
        import torch

        with torch.inference_mode(), torch.autocast(self._device, torch.bfloat16):
            answers = part(torch.from_numpy(ids).to(self._device), torch.from_numpy(mask).to(self._device))
        return [one.float().cpu().numpy() for one in (answers if isinstance(answers, tuple) else (answers,))]
