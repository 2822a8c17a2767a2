"""What only training needs is an extra; this says so before any of it is imported."""

from importlib.util import find_spec

from hubbub.core.errors import Misconfigured

EXTRA = ("accelerate", "onnx", "scipy", "sklearn")


def require_packages() -> None:
    """Makes sure that what only training needs is there.

    Raises:
        Misconfigured: the extra `train` is not installed; the message names what is missing.
    """
    if missing := [name for name in EXTRA if not find_spec(name)]:
        raise Misconfigured(f'training needs {", ".join(missing)}: pip install "hubbub[train]"')
