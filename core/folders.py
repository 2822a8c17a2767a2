"""What needs no registry: the modules of a package, found by listing its folder."""

import pkgutil
from collections.abc import Iterable


def module_names(path: Iterable[str]) -> list[str]:
    """The names of the modules in a package's folder, sorted; those that begin with an underscore are left out.

    Args:
        path: the package's `__path__`.
    """
    return sorted(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_"))
