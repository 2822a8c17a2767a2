"""The program's own questions, on every index."""

from datetime import timedelta
from typing import Any

import pytest

from hubbub.alerts.kinds import negative_surge, response_breach, stalled_source
from hubbub.core.alert import Counted, Evidence, Finding, Subject, Wanted
from hubbub.core.errors import Misconfigured
from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.ports import Index
from hubbub.index import queries
from tests.alerts.made import shipped
from tests.index.made import DAY, NOW, batch, said

HOUR = timedelta(hours=1)
NEGATIVE = {"term": {"sentiment.label": "negative"}}
CUSTOMERS = {"bool": {"must_not": [{"term": {"user.is_brand": True}}]}}


def fill(index: Index) -> None:
    index.store(
        batch(
            said(1, "lost", at=NOW - HOUR, name="ann", url="https://forum.test/1", title="My parcel"),
            said(2, "late", at=NOW - HOUR + timedelta(minutes=1), brands=("Acme", "Beta")),
            said(3, "fine", at=NOW - HOUR, label="positive"),
            said(4, "we are sorry, it was bad", at=NOW - HOUR, by_brand=True),
            said(5, "at the very end", at=NOW),
            said(6, "long ago", at=NOW - 30 * DAY),
            said(7, "of a rival", at=NOW - HOUR, brands=(), competitor="Gamma", source="x"),
        )
    )
    index.refresh()


def test_brands_are_our_own_that_have_mentions(index: Index):
    assert queries.brands(index) == []
    fill(index)
    assert queries.brands(index) == ["Acme", "Beta"]


def wanted(*windows: Any, **more: Any) -> Wanted:
    return Wanted("brand", CUSTOMERS, windows, {"negative": NEGATIVE}, **more)


def told(answers: list[Counted]) -> list[tuple[int, int]]:
    return [(answer.parts["negative"], answer.total) for answer in answers]


WINDOWS = ((NOW - 2 * HOUR, NOW), (NOW, NOW + HOUR), (NOW - 31 * DAY, NOW - 29 * DAY), (NOW - 9 * DAY, NOW - 8 * DAY))


def test_what_is_wanted_is_counted_by_name_and_window(index: Index):
    fill(index)
    (found,) = queries.counted(index, [wanted(*WINDOWS)], {"brand": ["Acme", "Beta", "Nobody"]})
    assert {name: told(answers) for name, answers in found.items()} == {
        "Acme": [(2, 3), (1, 1), (1, 1), (0, 0)],
        "Beta": [(1, 1), (0, 0), (0, 0), (0, 0)],
        "Nobody": [(0, 0)] * 4,
    }
    assert [(answer.start, answer.end) for answer in found["Acme"]] == list(WINDOWS)


def test_windows_without_gaps_are_counted_as_any_others(index: Index):
    """Latest first, at odd times; what lies outside counts nowhere."""
    fill(index)
    end = NOW + timedelta(minutes=7, microseconds=1)
    windows = [(end - (n + 1) * HOUR, end - n * HOUR) for n in range(24)]
    gaps = [*windows, (NOW + DAY, NOW + 3 * DAY)]
    close, apart = queries.counted(index, [wanted(*windows), wanted(*gaps)], {"brand": ["Acme"]})
    assert told(close["Acme"]) == told(apart["Acme"])[:-1] == [(1, 1), (2, 3), *[(0, 0)] * 22]


def test_the_newest_of_a_part_is_told_with_the_fields_that_are_wanted(index: Index):
    fill(index)
    asked = wanted(*WINDOWS, newest=("@timestamp", "user.name", "url.full"))
    (found,) = queries.counted(index, [asked], {"brand": ["Acme"]})
    assert [answer.newest for answer in found["Acme"]] == [
        {"negative": {"@timestamp": "2026-11-20T11:01:00.000Z"}},
        {"negative": {"@timestamp": "2026-11-20T12:00:00.000Z"}},
        {"negative": {"@timestamp": "2026-10-21T12:00:00.000Z"}},
        {},
    ]


class Asked:
    """An index that notes what it is asked."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.over: list[str] = []

    def search(self, body: Any, over: Any = "mentions") -> Any:
        self.over.append(over)
        return self._index.search(body, over=over)


def test_everything_is_one_search_over_mentions_and_one_over_events(index: Index):
    fill(index)
    index.record([Event("r", "run", NOW - HOUR, {"event.dataset": "forum", "run.new": 2})])
    index.refresh()
    runs = Wanted("event.dataset", {"range": {"run.new": {"gte": 1}}}, WINDOWS, over="events")
    asked: Any = Asked(index)
    names = {"brand": ["Acme", "Beta"], "event.dataset": ["forum", "x"]}
    one, other, events = queries.counted(asked, [wanted(*WINDOWS), wanted(WINDOWS[0]), runs], names)
    assert asked.over == ["mentions", "events"]
    assert told(one["Beta"])[:1] == told(other["Beta"]) == [(1, 1)]
    assert [answer.total for answer in events["forum"]] == [1, 0, 0, 0]
    assert [answer.total for answer in events["x"]] == [0] * 4


def test_more_than_one_search_holds_is_asked_in_several(index: Index, monkeypatch: pytest.MonkeyPatch):
    fill(index)
    names = {"brand": [*(f"brand {n}" for n in range(20)), "Acme", "Beta"]}
    whole = queries.counted(index, [wanted(*WINDOWS)], names)
    monkeypatch.setattr(queries, "_BUCKETS", 24)
    asked: Any = Asked(index)
    assert queries.counted(asked, [wanted(*WINDOWS)], names) == whole
    assert len(asked.over) > 1


def test_nothing_wanted_or_nobody_watched_is_no_search(index: Index):
    asked: Any = Asked(index)
    assert queries.counted(asked, [], {"brand": ["Acme"]}) == []
    assert queries.counted(asked, [wanted(*WINDOWS)], {"brand": []}) == [{}]
    assert asked.over == []


def test_every_count_can_be_asked_for_again(index: Index):
    fill(index)
    (found,) = queries.counted(index, [wanted(*WINDOWS)], {"brand": ["Acme", "Beta"]})
    for answer in (answer for answers in found.values() for answer in answers):
        for query, count in (
            (answer.query, answer.total),
            ({"bool": {"filter": [answer.query, NEGATIVE]}}, answer.parts["negative"]),
        ):
            again = index.search({"query": query, "size": 0, "track_total_hits": True})
            assert again["hits"]["total"]["value"] == count


def test_what_the_shipped_rules_find_can_be_asked_for_again(index: Index):
    angry = [said(n, f"down {n}", at=NOW - n * timedelta(minutes=1), by_brand=n % 9 == 0) for n in range(1, 60)]
    index.store(batch(*angry))
    index.record(
        [
            Event(f"{source}:{ago}", "run", NOW - ago * HOUR, {"event.dataset": source, **told})
            for source, ago, told in [
                *(("forum", ago, {"event.outcome": "success", "run.new": 1}) for ago in range(20, 26 * 24)),
                ("x", 3, {"event.outcome": "success", "run.new": 0}),
                ("x", 1, {"event.outcome": "failure", "run.failures": 2, "event.reason": "402"}),
            ]
        ]
    )
    index.refresh()
    surge, stall = shipped("negative_surge"), shipped("stalled_source")
    names = {"brand": ["Acme", "Beta"], "event.dataset": ["forum", "x"]}
    wanted = [*negative_surge.wanted(surge, NOW), *stalled_source.wanted(stall, NOW)]
    complaints, runs, hours = queries.counted(index, wanted, names)
    found = [negative_surge.find(surge, name, [complaints[name]]) for name in ("Acme", "Beta")]
    found += [stalled_source.find(stall, name, [runs[name], hours[name]]) for name in ("forum", "x")]
    assert [finding and (finding.subject.name, finding.observed) for finding in found] == [
        ("Acme", 53),
        None,
        ("forum", 0),
        ("x", 0),
    ]
    assert found[3] and found[3].reason == "402"
    for finding in found:
        if finding:
            body = {"query": finding.query, "size": 0, "track_total_hits": True}
            assert index.search(body, over=finding.over)["hits"]["total"]["value"] == finding.observed


def finding(index: Index, brand: str, over: Any = "mentions") -> Finding:
    (found,) = queries.counted(index, [wanted(WINDOWS[0])], {"brand": [brand]})
    query = {"bool": {"filter": [found[brand][0].query, NEGATIVE]}}
    subject = Subject(kind="brand", name=brand)
    return Finding(
        rule="r", kind="negative_surge", subject=subject, start=NOW, end=NOW, observed=2, query=query, over=over
    )


LATE = Evidence(mention_id="forum:2", text="late", source="forum")
LOST = Evidence(
    mention_id="forum:1", title="My parcel", text="lost", url="https://forum.test/1", source="forum", author="ann"
)


def test_evidence_is_the_newest_that_a_finding_counted(index: Index):
    fill(index)
    assert queries.evidence(index, finding(index, "Acme"), 5) == (LATE, LOST)
    assert queries.evidence(index, finding(index, "Acme"), 1) == (LATE,)
    assert queries.evidence(index, finding(index, "Gamma"), 5) == ()
    assert queries.evidence(index, finding(index, "Acme", "events"), 5) == ()


def test_posts_are_those_that_are_still_there(index: Index):
    fill(index)
    assert queries.posts(index, ["forum:1", "forum:2", "forum:99"]) == (LATE, LOST)
    assert queries.posts(index, []) == ()
    many = [f"none:{n}" for n in range(2500)]
    assert queries.posts(index, [*many, "forum:1"]) == (LOST,)


@pytest.mark.parametrize(
    ("over", "query"),
    [
        ("mentions", {"bool": {"should": [{"term": {"channel": "a"}}, {"match": {"message": "slow"}}]}}),
        ("mentions", {"range": {"user.followers": {"gte": 1000}}}),
        ("events", {"terms": {"event.dataset": ["x", "reddit"]}}),
    ],
)
def test_a_filter_of_the_mapping_is_taken(over: Any, query: dict[str, Any]):
    queries.check_filter(query, over)


@pytest.mark.parametrize(
    ("over", "query"),
    [
        ("mentions", {"term": {"colour": "red"}}),
        ("mentions", {"term": {"run.new": 1}}),
        ("events", {"term": {"channel": "a"}}),
        ("mentions", {"fuzzy": {"channel": "a"}}),
        ("mentions", {"range": {"user.followers": {"above": 3}}}),
        ("mentions", {"term": {"sentiment.score": "bad"}}),
        ("mentions", {}),
    ],
)
def test_a_filter_that_no_index_answers_is_refused(over: Any, query: dict[str, Any]):
    with pytest.raises(Misconfigured):
        queries.check_filter(query, over)


def test_totals(index: Index):
    assert queries.totals(index) == queries.Totals(0, {}, {}, {}, None)
    fill(index)
    assert queries.totals(index) == queries.Totals(
        mentions=7,
        sentiments={"negative": 6, "positive": 1},
        sources={"forum": 6, "x": 1},
        brands={"Acme": 6, "Beta": 1},
        newest="2026-11-20T12:00:00.000Z",
    )


def waits(due: float, open_: bool = True) -> Facts:
    """Due so many minutes after NOW, with a warning ten minutes before."""
    due_at = NOW + timedelta(minutes=due)
    state = "waiting" if open_ else "answered"
    return Facts(open=open_, queue_state=state, due_at=due_at, warn_at=due_at - timedelta(minutes=10))


def test_whose_answer_is_soon_due_is_counted_by_every_index(index: Index):
    """The one that joined last opened first: the newest is the newest by its warning."""
    fill(index)
    facts = {
        "forum:1": waits(4),
        "forum:2": waits(-20),
        "forum:3": waits(5, open_=False),
        "forum:6": waits(9),
        "x:7": waits(4),
    }
    index.amend(list(facts), list(facts.values()))
    index.refresh()
    rule = shipped("response_breach", days=31)
    (asked,) = response_breach.wanted(rule, NOW)
    (answers,) = queries.counted(index, [asked], {"brand": ["Acme", "Beta"]})
    acme, beta = (response_breach.find(rule, name, [answers[name]]) for name in ("Acme", "Beta"))
    assert acme and beta
    assert (acme.observed, acme.numbers["overdue"], acme.start) == (3, 1, NOW - timedelta(minutes=1))
    assert (beta.observed, beta.numbers["overdue"], beta.start) == (1, 1, NOW - timedelta(minutes=30))
    hits = index.search({"query": acme.query, "size": 10})["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == {"forum:1", "forum:2", "forum:6"}
