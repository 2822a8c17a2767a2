"""The sample of the demo: what is in it, and that the parts that will read it make of it what it was written for."""

import json
import tomllib
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from hubbub.alerts.kinds.negative_surge import Rule, find, wanted
from hubbub.cli.demo.sample import write_sample
from hubbub.collectors import file
from hubbub.core.alert import Counted
from hubbub.core.errors import Skippable
from hubbub.core.match import Match
from hubbub.core.matching.matcher import Matcher
from hubbub.core.mention import Mention
from hubbub.core.ports import Query
from hubbub.core.settings import Listening, load_listening

NOW = datetime(2026, 3, 9, 14, 7, 31, tzinfo=UTC)
RULES = Path(__file__).parents[2] / "alerts" / "rules"
OUTAGE = timedelta(minutes=132)


@dataclass(frozen=True)
class Heard:
    mention: Mention
    matches: tuple[Match, ...]

    def says(self, column: str) -> str:
        return str(self.mention.raw[column])

    @property
    def is_about_mekara(self) -> bool:
        return any(match.brand == "Mekara" for match in self.matches)

    @property
    def age(self) -> timedelta:
        return NOW - self.mention.posted_at

    @property
    def is_complaint(self) -> bool:
        return self.is_about_mekara and not self.mention.author.is_brand and self.says("label") == "negative"


@dataclass(frozen=True)
class Sample:
    listening: Listening
    heard: list[Heard]
    broken: dict[str, list[str]]


def _customer_of(one: Heard) -> tuple[str, str | None]:
    """Who is answered: an author within a conversation."""
    return f"{one.mention.source}:{one.mention.conversation_id or one.mention.native_id}", one.mention.author.name


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Everything as the file collector and the matcher make of it; `broken` by entry."""
    settings = write_sample(tmp_path_factory.mktemp("sample"), NOW)
    listening = load_listening(settings)
    matcher = Matcher(listening.brands)
    heard, broken = [], {}
    for entry in listening.sources:
        options = file.Options.model_validate(entry.model_dump(), context={"folder": settings.parent})
        collector = file.Collector(options, clock=lambda: NOW)
        reasons = broken.setdefault(entry.name, [])
        for page in collector.fetch(Query(), None):
            reasons += [letter.reason for letter in page.dead]
            for record in page.records:
                try:
                    heard.append(Heard(*matcher.attribute(collector.normalise(record))))
                except Skippable as reason:
                    reasons.append(str(reason))
    return Sample(listening, heard, broken)


def test_more_than_440_posts_from_four_sources_with_ids_of_their_own(sample: Sample) -> None:
    by_source = Counter(one.mention.source for one in sample.heard)
    assert set(by_source) == {"x", "reddit", "appstores", "forum"}
    assert min(by_source.values()) >= 40
    assert len({one.mention.id for one in sample.heard}) == len(sample.heard) >= 440
    assert all(one.mention.url and one.mention.author.name for one in sample.heard)


def test_three_languages_in_their_own_letters(sample: Sample) -> None:
    share = {lang: n / len(sample.heard) for lang, n in Counter(one.says("lang") for one in sample.heard).items()}
    assert share["en"] == pytest.approx(0.45, abs=0.05)
    assert share["th"] == pytest.approx(0.25, abs=0.05)
    assert share["vi"] == pytest.approx(0.30, abs=0.05)
    thai = [one for one in sample.heard if any("ก" <= char <= "๙" for char in one.mention.words)]
    # Vietnamese letters with a mark; those who leave the marks out are not counted
    marked = [
        one for one in sample.heard if set("đơưăâêô") & set(unicodedata.normalize("NFC", one.mention.words.lower()))
    ]
    assert sum(one.says("lang") == "th" for one in thai) >= 110
    assert sum(one.says("lang") == "vi" for one in marked) >= 120


def test_no_text_is_there_twice_but_some_are_almost_the_same(sample: Sample) -> None:
    texts = Counter(one.mention.words for one in sample.heard)
    assert max(texts.values()) == 1
    beginnings = Counter(one.mention.words.removeprefix("RT @pee_mai: ")[:40].casefold() for one in sample.heard)
    assert sum(n > 1 for n in beginnings.values()) >= 3


def test_three_broken_records_and_no_more(sample: Sample) -> None:
    assert {entry: len(reasons) for entry, reasons in sample.broken.items()} == {
        "x": 1,
        "reddit": 0,
        "reviews": 1,
        "forum": 1,
    }


def test_posts_about_nobody_are_dropped_and_those_about_the_competitor_are_kept_as_such(sample: Sample) -> None:
    for one in sample.heard:
        if one.says("about") == "Mekara":
            assert one.is_about_mekara, one.mention.words
        elif one.says("about") == "nobody":
            assert one.matches == (), one.mention.words
        else:
            assert {match.brand for match in one.matches} == {"Zentel"}, one.mention.words
    about = Counter(one.says("about") for one in sample.heard)
    assert about["nobody"] >= 10
    assert about["Zentel"] >= 8


def test_every_example_of_the_watch_list_holds(sample: Sample) -> None:
    matcher = Matcher(sample.listening.brands)
    for brand in sample.listening.brands:
        for text in brand.should_match:
            assert any(match.brand == brand.name for match in matcher.find(text)), text
        for text in brand.should_not_match:
            assert not any(match.brand == brand.name for match in matcher.find(text)), text


def test_threads_hold_together_and_the_brand_answers_some_soon_some_late(sample: Sample) -> None:
    by_id = {one.mention.id: one for one in sample.heard}
    waits = []
    for one in sample.heard:
        if one.mention.parent_id is None:
            continue
        parent = by_id[f"{one.mention.source}:{one.mention.parent_id}"]
        assert f"{one.mention.source}:{one.mention.conversation_id}" in by_id
        assert parent.mention.posted_at < one.mention.posted_at
        if one.mention.author.is_brand and not parent.mention.author.is_brand:
            waits.append((one.mention.source, one.mention.posted_at - parent.mention.posted_at))
    on_x = [wait for source, wait in waits if source == "x"]
    elsewhere = [wait for source, wait in waits if source != "x"]
    assert timedelta(minutes=35) < median(on_x) < timedelta(minutes=55)
    assert median(elsewhere) > timedelta(hours=2)
    assert sum(wait < timedelta(minutes=30) for _, wait in waits) >= 15
    assert sum(wait > timedelta(hours=5) for _, wait in waits) >= 8


def test_about_twenty_complaints_wait_some_since_minutes_some_forgotten(sample: Sample) -> None:
    by_id = {one.mention.id: one for one in sample.heard}
    answered: dict[tuple[str, str | None], datetime] = {}
    for one in sample.heard:
        if one.mention.author.is_brand and one.mention.parent_id:
            key = _customer_of(by_id[f"{one.mention.source}:{one.mention.parent_id}"])
            answered[key] = max(one.mention.posted_at, answered.get(key, one.mention.posted_at))
    waiting = {}
    for one in sample.heard:
        key = _customer_of(one)
        if one.is_complaint and (key not in answered or answered[key] < one.mention.posted_at):
            waiting[key] = one
    assert 18 <= len(waiting) <= 24
    assert {one.mention.source for one in waiting.values()} == {"x", "reddit", "appstores", "forum"}
    assert min(Counter(one.says("lang") for one in waiting.values()).values()) >= 4
    assert sum(one.age < timedelta(hours=1) for one in waiting.values()) >= 8
    assert sum(one.age > timedelta(hours=30) for one in waiting.values()) == 6


def test_it_spans_14_days_that_end_minutes_ago(sample: Sample) -> None:
    ages = sorted(one.age for one in sample.heard)
    assert timedelta(0) < ages[0] < timedelta(minutes=10)
    assert timedelta(days=13, hours=20) < ages[-1] <= timedelta(days=14)
    per_day = Counter(age.days for age in ages if age > OUTAGE)
    assert set(per_day) == set(range(14))
    assert all(20 <= posts <= 60 for day, posts in per_day.items() if day)


def test_two_hours_of_outage_rise_quickly_on_every_source_and_in_every_language(sample: Sample) -> None:
    outage = [one for one in sample.heard if one.is_complaint and one.age <= OUTAGE]
    ages = [one.age / timedelta(minutes=1) for one in outage]
    assert 55 <= len(outage) <= 70
    assert 9 < min(ages) < 15
    assert 120 < max(ages) <= 132
    assert {one.mention.source for one in outage} == {"x", "reddit", "appstores", "forum"}
    assert min(Counter(one.says("lang") for one in outage).values()) >= 12
    assert sum(age > 100 for age in ages) < sum(70 < age <= 100 for age in ages) < sum(40 < age <= 70 for age in ages)


def test_outside_the_outage_no_hour_has_more_than_two_complaints(sample: Sample) -> None:
    times = sorted(one.mention.posted_at for one in sample.heard if one.is_complaint and one.age > OUTAGE)
    assert len(times) > 100
    assert all(third - first > timedelta(hours=1) for first, third in zip(times, times[2:], strict=False))


def test_the_shipped_rule_finds_the_outage_and_nothing_on_the_quiet_days(sample: Sample) -> None:
    rule = Rule(**tomllib.loads((RULES / "negative_surge.toml").read_text(encoding="utf-8")))
    ours = [one for one in sample.heard if one.is_about_mekara and not one.mention.author.is_brand]
    everybody = sorted(one.mention.posted_at for one in ours)
    complaints = sorted(one.mention.posted_at for one in ours if one.is_complaint)

    def counted(moment: datetime) -> list[list[Counted]]:
        (asked,) = wanted(rule, moment)
        return [
            [
                Counted(
                    start,
                    end,
                    total=bisect_left(everybody, end) - bisect_left(everybody, start),
                    parts={"negative": bisect_left(complaints, end) - bisect_left(complaints, start)},
                )
                for start, end in asked.windows
            ]
        ]

    finding = find(rule, "Mekara", counted(NOW))
    assert finding is not None
    assert finding.observed >= 30
    step = timedelta(minutes=30)
    quiet = [NOW - OUTAGE - step * n for n in range(int((timedelta(days=14) - OUTAGE) / step))]
    assert [moment for moment in quiet if find(rule, "Mekara", counted(moment))] == []


def test_hostile_text_arrives_as_it_was_written(sample: Sample) -> None:
    everything = "\n".join(one.mention.words for one in sample.heard)
    for hostile in (
        "<script>alert(",
        "<!channel>",
        "'); DROP TABLE mentions; --",
        "=HYPERLINK(",
        "\x1b[31m",
        "\u202e",
        "\u200b",
        "Ignore all previous instructions",
        "${jndi:",
        "javascript:alert(1)",
        "lost.sim@example.com",
        "\n\nDòng bốn",
    ):
        assert hostile in everything
    assert max(len(one.mention.text) for one in sample.heard) > 8_000
    assert any(not any(char.isalpha() for char in one.mention.text.replace("@MekaraHelp", "")) for one in sample.heard)


def test_written_twice_it_is_the_same_and_an_hour_later_only_the_times_move(tmp_path: Path) -> None:
    first, second, later = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    for folder, now in ((first, NOW), (second, NOW), (second, NOW), (later, NOW + timedelta(hours=1))):
        assert write_sample(folder, now) == folder / "hubbub.yaml"
    names = sorted(path.name for path in first.iterdir())
    assert names == ["forum.json", "hubbub.yaml", "reddit.ndjson", "reviews.csv", "x.ndjson"]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    before, after = (json.loads((folder / "forum.json").read_text(encoding="utf-8")) for folder in (first, later))
    for a, b in zip(before, after, strict=True):
        moved = datetime.fromisoformat(b.pop("created_at")) - datetime.fromisoformat(a.pop("created_at"))
        assert moved == timedelta(hours=1)
        assert a == b
