"""Which team takes what waits."""

from hubbub.core.routing import Route, team_of
from hubbub.core.service import Severity

ROUTES = (
    Route(severity=Severity.high, team="safety"),
    Route(brand="Lumo", language="th", team="bangkok"),
    Route(platform="reddit", team="forums"),
    Route(brand="Lumo", team="lumo"),
)


def test_the_first_that_fits_counts() -> None:
    assert team_of(ROUTES, "Lumo", "th", "reddit", Severity.high) == "safety"
    assert team_of(ROUTES, "Lumo", "th", "reddit", Severity.low) == "bangkok"
    assert team_of(ROUTES, "Lumo", "en", "reddit") == "forums"
    assert team_of(ROUTES, "Lumo", "en", "x") == "lumo"
    assert team_of(ROUTES, "Acme", "en", "x") is None
    assert team_of((), "Acme", "en", "x") is None
