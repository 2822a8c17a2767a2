"""From an index with trouble in it to people who know: the real index, the settings' rules, a local Slack."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from hubbub.alerts.kind import By
from hubbub.alerts.outcome import Decision, Outcome
from hubbub.core.errors import HubbubError, Misconfigured
from hubbub.core.events import Event
from hubbub.core.insight import Enriched
from hubbub.core.ports import Batch
from hubbub.core.records import RecordKind
from hubbub.core.settings import Settings
from hubbub.flows.collect import collect
from hubbub.flows.parts import Parts
from hubbub.flows.raise_alerts import findings, raise_alerts, watched
from tests.fakes.slack import CHANNEL, TOKEN, FakeSlack, Fault, fake_slack
from tests.index.made import NOW, said

MINUTE = timedelta(minutes=1)
WATCHED = """
brands: [{name: Acme}, {name: Beta}, {name: Gamma, competitor: true}]
sources:
  - {name: forum, collector: file, path: posts.csv}
  - {name: x, collector: x}
"""


class Company:
    """A folder with its settings and its index, at a time that goes on."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.minutes = folder, 0.0
        self.settings("")
        self.parts = self.open()

    def settings(self, alerts: str) -> None:
        (self.folder / "hubbub.yaml").write_text(WATCHED + alerts)

    def open(self) -> Parts:
        settings = Settings(home=self.folder / "home", config=self.folder / "hubbub.yaml")
        return Parts(settings, clock=lambda: NOW + self.minutes * MINUTE)

    def told(self, *mentions: Enriched) -> None:
        self.parts.index.store(Batch("forum", mentions))

    def look(self) -> list[Outcome]:
        """What `hubbub alert` does five minutes later."""
        self.minutes += 5
        return raise_alerts(self.parts)


def angry(count: int = 40, brand: str = "Acme") -> list[Enriched]:
    return [
        said(
            f"{brand}-{number}",
            f"grievance{number} of {brand}",
            at=NOW - MINUTE * (number + 1),
            brands=(brand,),
            name=f"author{number}",
            title=f"headline{number}",
        )
        for number in range(count)
    ]


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with fake_slack() as server:
        monkeypatch.setenv("HUBBUB_SLACK__BOT_TOKEN", TOKEN)
        monkeypatch.setenv("HUBBUB_SLACK__CHANNEL", CHANNEL)
        monkeypatch.setenv("HUBBUB_SLACK__BASE_URL", server.url)
        yield server


@pytest.fixture
def company(tmp_path: Path, slack: FakeSlack) -> Iterator[Company]:
    company = Company(tmp_path)
    yield company
    company.parts.index.close()


def test_every_name_that_a_kind_may_tell_apart_is_watched(company: Company) -> None:
    names = watched(company.parts.listening)
    assert names == {"brand": ["Acme", "Beta"], "competitor": ["Gamma"], "event.dataset": ["forum", "x"]}
    assert set(names) == set(get_args(By))


def failed(source: str, failures: int) -> Event:
    fields = {"event.dataset": source, "event.outcome": "failure", "run.failures": failures, "run.new": 0}
    return Event(f"run:{source}:{failures}", "run", NOW, {**fields, "event.reason": "X answered 402"})


def test_a_surge_is_told_though_another_source_is_broken_and_the_source_is_told_too(
    company: Company, slack: FakeSlack
) -> None:
    company.told(*angry())
    company.parts.index.record([failed("x", 2)])
    outcomes = company.look()
    assert [(o.rule, o.brand, o.subject.name, o.decision) for o in outcomes] == [
        ("negative_surge", "Acme", "Acme", Decision.sent),
        ("stalled_source", None, "x", Decision.sent),
    ]
    surge, stalled = slack.messages
    assert surge["text"] == "Acme: 40 negative mentions in one hour, usual is not known yet"
    assert "headline0" in str(surge["blocks"])
    assert stalled["text"] == "x: broken source, its last 2 runs failed"
    assert "X answered 402" in str(stalled["blocks"])
    assert {o.decision for o in company.look()} == {Decision.already_sent}


def test_every_number_that_is_told_can_be_asked_for(company: Company) -> None:
    company.told(*angry(), *angry(50, "Beta"))
    company.parts.index.record([failed("forum", 3)])
    company.minutes = 5
    found = list(findings(company.parts))
    assert [finding.observed for finding in found] == [40, 50, 0]
    for finding in found:
        again = company.parts.index.search(
            {"query": finding.query, "size": 0, "track_total_hits": True}, over=finding.over
        )
        assert again["hits"]["total"]["value"] == finding.observed


def kept(company: Company) -> str:
    """Everything that is remembered of alerts."""
    events = company.parts.index.search({"size": 1000}, over="events")["hits"]["hits"]
    return str([record.body for record in company.parts.index.state.list(RecordKind.alert)]) + str(events)


def test_what_is_deleted_at_its_source_leaves_the_message_and_was_never_in_a_record(
    company: Company, slack: FakeSlack
) -> None:
    mentions = angry()
    company.told(*mentions)
    company.look()
    assert "grievance0 " in str(slack.messages)
    company.parts.index.store(Batch("forum", gone=[mentions[0].mention]))
    slack.fail("chat.update", Fault(status=503))
    assert [o.decision for o in company.look()] == [Decision.failed, Decision.already_sent]
    assert [o.decision for o in company.look()] == [Decision.edited, Decision.already_sent]
    assert [o.decision for o in company.look()] == [Decision.already_sent]
    (message,) = slack.messages
    for word in ("grievance0 ", "author0", "headline0"):
        assert word not in str(message)
    assert "grievance1 " in str(message)
    for word in ("grievance", "author", "headline"):
        assert word not in kept(company)
    assert "forum:Acme-1'" in kept(company) and "forum:Acme-0'" not in kept(company)


def test_what_is_deleted_before_it_could_be_told_is_never_told(company: Company, slack: FakeSlack) -> None:
    mentions = angry()
    company.told(*mentions)
    slack.fail("chat.postMessage", Fault(error="fatal_error"))
    (outcome,) = company.look()
    assert outcome.reason == "Slack has trouble of its own (fatal_error); it waits for the next run"
    company.parts.index.store(Batch("forum", gone=[mentions[0].mention]))
    assert Decision.sent in [o.decision for o in company.look()]
    assert "grievance0 " not in str(slack.messages) and "grievance1 " in str(slack.messages)


def test_changes_of_alerts_can_be_counted_as_events(company: Company) -> None:
    company.told(*angry())
    company.look()
    found = company.parts.index.search(
        {"query": {"bool": {"filter": [{"term": {"event.action": "alert"}}, {"term": {"event.outcome": "sent"}}]}}},
        over="events",
    )
    (hit,) = found["hits"]["hits"]
    assert hit["_source"]["alert"]["subject"] == hit["_source"]["brand"] == "Acme"
    assert hit["_source"]["alert"]["observed"] == 40


def test_times_are_in_the_zone_of_the_settings(company: Company, slack: FakeSlack) -> None:
    company.settings("timezone: Asia/Bangkok\n")
    company.parts.index.close()
    company.parts = company.open()
    company.told(*angry())
    company.look()
    assert "2026-11-20 18:05 to 19:05 +07" in str(slack.messages[0]["blocks"])


def test_the_settings_tune_rules_and_add_their_own(company: Company) -> None:
    (company.folder / "mine").mkdir()
    shipped = (Path(__file__).parents[2] / "alerts" / "rules" / "negative_surge.toml").read_text()
    own = shipped.replace('name = "negative_surge"', 'name = "beta_surge"').replace("past = 30", "past = 10")
    (company.folder / "mine" / "beta_surge.toml").write_text(own + '[filter.term]\nbrand = "Beta"\n')
    company.settings("alerts: {rules: {negative_surge: {minimum_without_past: 41}}, rules_dir: mine}\n")
    company.told(*angry(40), *angry(12, "Beta"))
    company.minutes = 5
    parts = company.open()
    assert parts.rules[-1].name == "beta_surge"
    assert [(finding.rule, finding.brand) for finding in findings(parts)] == [("beta_surge", "Beta")]
    parts.index.close()


def test_a_rule_that_is_wrong_stops_before_anything_is_told(company: Company, slack: FakeSlack) -> None:
    company.settings("alerts: {rules: {negative_surge: {minimum: few}}}\n")
    with pytest.raises(Misconfigured, match=r"^alerts\.rules\.negative_surge: minimum: "):
        raise_alerts(company.open())
    assert slack.messages == []


def test_a_source_whose_second_run_in_a_row_fails_is_told_by_its_reason(company: Company, slack: FakeSlack) -> None:
    """Its file is missing; until it is there, every run fails."""
    (entry,) = company.parts.entries(("forum",))
    for run in range(3):
        assert len(company.look()) == (1 if run == 2 else 0)
        with pytest.raises(HubbubError):
            collect(company.parts, entry)
    (message,) = slack.messages
    assert message["text"] == "forum: broken source, its last 2 runs failed"
    assert "posts.csv" in str(message["blocks"])
