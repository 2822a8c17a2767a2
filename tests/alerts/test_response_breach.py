"""Who is told of before their answer is overdue, once, and who is not: from a stored post to the message."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from hubbub.alerts.kinds import response_breach
from hubbub.core.insight import Enriched
from hubbub.core.ports import Batch
from hubbub.core.settings import Settings
from hubbub.flows.parts import Parts
from hubbub.flows.raise_alerts import findings, raise_alerts
from hubbub.flows.telling import telling
from tests.alerts.made import ZONE
from tests.alerts.shift import Room
from tests.index.made import NOW, said

BRANDS = "brands: [{name: Acme, handles: ['@acme']}, {name: Beta, handles: ['@beta']}]\n"
OFFICE = "{days: [mon, tue, wed, thu, fri], opens: '09:00', closes: '18:00', timezone: Asia/Bangkok}"
ONE = "Acme: one customer waits for an answer that is due soon"


class Desk:
    """What is stored and who is told, at a time that goes on: minutes after NOW, a Friday at 19:00 in Bangkok."""

    def __init__(self, folder: Path, levels: str) -> None:
        (folder / "hubbub.yaml").write_text(f"{BRANDS}service_levels: [{levels}]\n")
        self.minute = 0.0
        self.room = Room()
        settings = Settings(home=folder / "home", config=folder / "hubbub.yaml")
        self.parts = Parts(settings, clock=lambda: NOW + timedelta(minutes=self.minute))
        self.parts.__dict__["notifiers"] = (self.room,)

    def hears(self, *mentions: Enriched) -> None:
        with telling(self.parts) as touched:
            touched.store(Batch("forum", mentions))

    def looks(self, *minutes: float) -> list[str]:
        """The titles that `hubbub alert` sends at these minutes."""
        before = len(self.room.heard)
        for self.minute in minutes:
            raise_alerts(self.parts)
        return [alert.title for alert in self.room.heard[before:]]


Opened = Callable[..., Desk]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    with ExitStack() as stack:

        def desk(levels: str = "") -> Desk:
            desk = Desk(tmp_path, levels)
            stack.callback(desk.parts.index.close)
            return desk

        yield desk


@pytest.fixture
def desk(opened: Opened) -> Desk:
    return opened()


def asks(name: str, minute: float, brand: str = "Acme") -> Enriched:
    return said(
        name, name=f"customer {name}", at=NOW + timedelta(minutes=minute), brands=(brand,), conversation_id=name
    )


def replies(name: str, to: str, minute: float, by: str = "acme") -> Enriched:
    at = NOW + timedelta(minutes=minute)
    return said(name, "we are here", name=by, at=at, conversation_id=to, parent_id=to)


def test_a_customer_is_told_of_once_before_half_an_hour_is_over_and_not_again(desk: Desk) -> None:
    desk.hears(asks("1", 0))
    assert desk.looks(5, 10, 15, 19) == []
    assert desk.looks(20) == [ONE]
    assert desk.looks(25, 30, 35, 60, 89, 90, 95, 1440) == []
    (alert,) = desk.room.heard
    assert [post.mention_id for post in alert.evidence] == ["forum:1"]


def test_who_is_answered_in_time_is_not_told_of(desk: Desk) -> None:
    desk.hears(asks("1", 0))
    desk.minute = 12
    desk.hears(replies("2", "1", 11))
    assert desk.looks(15, 20, 25, 30, 60) == []


def test_who_writes_again_after_the_answer_waits_again(desk: Desk) -> None:
    desk.hears(asks("1", 0), replies("2", "1", 5))
    assert desk.looks(30) == []
    again = said("3", name="customer 1", at=NOW + timedelta(minutes=100), conversation_id="1", parent_id="2")
    desk.hears(again)
    assert desk.looks(110) == []
    assert desk.looks(121) == [ONE]


def test_a_rush_is_one_alert_and_who_comes_after_it_is_another(desk: Desk) -> None:
    desk.hears(*(asks(str(number), 2 * number) for number in range(10)))
    assert desk.looks(*range(5, 40, 5)) == [ONE]
    desk.hears(asks("late", 40))
    assert desk.looks(*range(40, 60, 5)) == []
    assert desk.looks(60) == ["Acme: 11 customers wait for an answer, 10 are overdue"]
    assert desk.looks(65, 70, 100) == []


def test_each_brand_has_its_own_alert(desk: Desk) -> None:
    desk.hears(asks("1", 0), asks("2", 0, brand="Beta"))
    assert desk.looks(21) == [ONE, ONE.replace("Acme", "Beta")]


def test_another_brands_reply_leaves_the_customer_waiting(desk: Desk) -> None:
    desk.hears(asks("1", 0), replies("2", "1", 5, by="beta"))
    assert desk.looks(22) == [ONE]


def test_what_has_just_passed_is_told_and_an_old_export_is_not(desk: Desk) -> None:
    desk.hears(*(asks(f"old {hours}", -60 * hours) for hours in range(2, 700)))
    assert desk.looks(0, 5) == []
    desk.hears(asks("new", -45))
    assert desk.looks(10) == ["Acme: one customer waits for an answer that is overdue"]


def test_the_service_level_says_when_and_its_hours_count(opened: Opened) -> None:
    """Asked on Friday at 19:00, due on Monday at 11:00: an hour before that is Monday at 10:00."""
    desk = opened(f"{{platform: forum, minutes: 120, warning_minutes: 60, hours: {OFFICE}}}")
    desk.hears(asks("1", 0))
    monday = 3 * 24 * 60 - 10 * 60  # at 9:00
    assert desk.looks(20, 30, 120, 24 * 60, monday, monday + 59) == []
    assert desk.looks(monday + 60) == [ONE]


def test_a_number_that_is_told_can_be_asked_for_and_its_words_say_what_is_left_out(desk: Desk) -> None:
    desk.hears(asks("1", 0), asks("2", 0), asks("3", 12), asks("4", 25), asks("5", 0, brand="Beta"))
    desk.minute = 33
    found, beta = findings(desk.parts)
    assert (found.brand, found.observed, found.numbers["overdue"]) == ("Acme", 3, 2)
    assert (beta.brand, beta.observed) == ("Beta", 1)
    hits = desk.parts.index.search({"query": found.query, "_source": False})["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == {"forum:1", "forum:2", "forum:3"}
    assert response_breach.headline(found) == "3 customers wait for an answer, 2 are overdue"
    assert response_breach.details(found, ZONE) == (
        "The last of them was to be warned of at 2026-11-20 12:32 UTC. Overdue for more than one hour are not counted."
    )
