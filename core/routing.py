"""Which team takes what waits, as `routing:` of `hubbub.yaml` says it."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.service import Severity


class Route(BaseModel):
    """To which team something goes. What it does not name fits all.

    Attributes:
        brand: of ours.
        language: ISO 639-1, or `und`.
        platform: where it was said (`x`, `reddit`, ...).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    brand: str | None = None
    language: str | None = Field(default=None, pattern=r"^([a-z]{2,3}|und)$")
    platform: str | None = None
    severity: Severity | None = None
    team: str = Field(min_length=1, max_length=100)

    def fits(self, brand: str, language: str, platform: str, severity: Severity | None) -> bool:
        asked = (
            (self.brand, brand),
            (self.language, language),
            (self.platform, platform),
            (self.severity, severity),
        )
        return all(wanted is None or wanted == given for wanted, given in asked)


def team_of(
    routes: Iterable[Route], brand: str, language: str, platform: str, severity: Severity | None = None
) -> str | None:
    """The team of the first that fits; None where none does."""
    return next((route.team for route in routes if route.fits(brand, language, platform, severity)), None)
