"""What a reader of a file finds in it: a record, or a place where there should be one."""

from dataclasses import dataclass

from hubbub.core.ports import Raw

SHOWN = 10_000  # characters of what is no record


@dataclass(frozen=True)
class Found:
    """One thing found.

    Attributes:
        record: None where there is none to be had; `problem` then says why and `line` what stands there.
        end: bytes of the (unpacked) file up to behind it.
        complete: nothing that is written behind it later can change it.
    """

    record: Raw | None
    end: int = 0
    complete: bool = False
    problem: str = ""
    line: str = ""
