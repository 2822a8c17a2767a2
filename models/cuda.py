"""The embedded network on a GPU, in bf16 by torch. Its figures differ a little from those of the int8 graph."""

import logging
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from hubbub.models.engine import Ids
from hubbub.models.judge import Floats

log = logging.getLogger(__name__)


def has_cuda() -> bool:
    """Whether a GPU can be used here; torch is imported only where there is a driver, since that takes seconds."""
    if not shutil.which("nvidia-smi"):
        return False
    import torch

    if not torch.cuda.is_available():
        return False
    if not find_spec("onnx"):
        log.warning('a GPU is not used, since onnx is not installed: pip install "hubbub[gpu]"')
        return False
    return True


class CudaGraph:
    """The network of an int8 graph, its products in bf16."""

    def __init__(self, graph: Path, device: str = "cuda") -> None:
        """Loads the network of an int8 graph onto the GPU.

        Raises:
            Misconfigured: it is not an int8 graph that `hubbub train` wrote.
        """
        from hubbub.models.dequantise import load_classifier

        self._device = device
        self._classifier = load_classifier(graph).to(device)

    def __call__(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        import torch

        with torch.inference_mode(), torch.autocast(self._device, torch.bfloat16):
            answers = self._classifier(torch.from_numpy(ids).to(self._device), torch.from_numpy(mask).to(self._device))
        return [answer.float().cpu().numpy() for answer in answers]
