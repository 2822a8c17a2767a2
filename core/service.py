"""How soon customers are to be answered, as `service_levels:` of `hubbub.yaml` says it."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from hubbub.core.zone import Zone

DAY = 24 * 60  # minutes


class Severity(StrEnum):
    low = "low"
    medium = "medium"
    high = "high"


class Weekday(StrEnum):
    monday = "mon"
    tuesday = "tue"
    wednesday = "wed"
    thursday = "thu"
    friday = "fri"
    saturday = "sat"
    sunday = "sun"


WEEKDAYS = tuple(Weekday)  # as `date.weekday()` numbers them


def _time_of_day(said: Any) -> Any:
    if not isinstance(said, str):
        return said
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", said.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else DAY + 1
    if minutes > DAY:
        raise ValueError(f"{said!r} is no time of day; write one such as 09:00 or 24:00")
    return minutes


TimeOfDay = Annotated[
    int,
    BeforeValidator(_time_of_day),
    Field(ge=0, le=DAY),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}$", "examples": ["09:00", "18:30", "24:00"]}),
]
"""Minutes since midnight, written `18:30`."""


class Hours(BaseModel):
    """When a team works; outside of it no time of a service level passes.

    Attributes:
        opens, closes: on each of its days.
        timezone: that of `hubbub.yaml` where it is left out.
        holidays: days on which it does not work.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    days: tuple[Weekday, ...] = Field(default=WEEKDAYS[:5], min_length=1)
    opens: TimeOfDay
    closes: TimeOfDay
    timezone: Zone | None = None
    holidays: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "Hours":
        if self.opens >= self.closes:
            raise ValueError("opens should be before closes; for a night shift write two service levels, or 24 hours")
        return self


class ServiceLevel(BaseModel):
    """Within how many minutes a customer is to be answered. What it does not name fits all.

    Attributes:
        platform: where it was said (`x`, `reddit`, ...).
        warning_minutes: so long before the breach it is told of; a third of `minutes` where it is left out.
        hours: counted are these alone; day and night where it is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    brand: str | None = None
    platform: str | None = None
    severity: Severity | None = None
    minutes: int = Field(default=30, ge=1, le=60 * DAY)
    warning_minutes: int | None = Field(default=None, ge=0)
    hours: Hours | None = None

    @model_validator(mode="after")
    def _warns_after_it_began(self) -> "ServiceLevel":
        if self.warning_minutes is not None and self.warning_minutes >= self.minutes:
            raise ValueError(f"warning_minutes should be less than minutes ({self.minutes})")
        return self

    @property
    def warning(self) -> int:
        """Minutes before the breach."""
        return self.minutes // 3 if self.warning_minutes is None else self.warning_minutes

    def fits(self, brand: str, platform: str, severity: Severity | None) -> bool:
        asked = ((self.brand, brand), (self.platform, platform), (self.severity, severity))
        return all(wanted is None or wanted == given for wanted, given in asked)


USUAL = ServiceLevel()
"""What customers expect, day and night, where no level fits."""


def level_of(
    levels: Iterable[ServiceLevel], brand: str, platform: str, severity: Severity | None = None
) -> ServiceLevel:
    """The first that fits."""
    return next((level for level in levels if level.fits(brand, platform, severity)), USUAL)
