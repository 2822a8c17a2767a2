"""What happened, as a document of the index `hubbub-events` that dashboards can count. Holds nobody's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Action = Literal["run", "gap", "alert"]
Value = str | int | float | bool | datetime


@dataclass(frozen=True)
class Event:
    """Something that happened once, of which dashboards count many.

    Attributes:
        id: an event written again under its id replaces the earlier one.
        action: a run of a source, a gap that it left, a change of an alert.
        at: UTC.
        fields: by their names in the mapping of events (`index/mapping.py`).
    """

    id: str
    action: Action
    at: datetime
    fields: Mapping[str, Value] = field(default_factory=dict)
