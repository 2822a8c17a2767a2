"""When a count stands out, and when it must not."""

import random
from datetime import timedelta
from math import exp, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.alerts.kinds.negative_surge import find, wanted
from hubbub.core.alert import Finding
from tests.alerts.made import NOW, counts, shipped

RULE = shipped("negative_surge")
Days = list[tuple[int, int]]


def judge(window: tuple[int, int], past: Days) -> Finding | None:
    return find(RULE, "Mekara", [counts(RULE, window, past)])


def test_the_windows_are_the_last_hour_and_the_same_hour_of_earlier_days() -> None:
    first, *past = wanted(RULE, NOW)[0].windows
    assert first == (NOW - timedelta(hours=1), NOW)
    assert len(past) == RULE.days
    assert past[0] == (NOW - timedelta(hours=25), NOW - timedelta(hours=24))


def test_many_more_complaints_than_usual_stand_out() -> None:
    found = judge((57, 64), [(3, 12)] * 28)
    assert found is not None
    assert (found.observed, found.total, found.expected, found.end) == (57, 64, 3, NOW)


@pytest.mark.parametrize("usual", [0, 3, 40])
def test_the_interval_ends_where_a_count_begins_to_stand_out(usual: int) -> None:
    past = [(usual, usual * 4 + 4)] * 28
    found = judge((400, 410), past)
    assert found is not None and found.interval is not None
    least, most = found.interval
    assert least <= usual < most < 400
    most = max(int(most), RULE.minimum - 1)
    assert judge((most, most), past) is None
    assert judge((most + 1, most + 1), past) is not None


@pytest.mark.parametrize("window", [(2, 3), (3, 3), (7, 7)])
def test_few_complaints_never_do(window: tuple[int, int]) -> None:
    assert judge(window, [(0, 10)] * 28) is None


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.66])
@pytest.mark.parametrize("volume", [20, 100, 2000])
def test_a_campaign_that_triples_everything_is_no_surge(share: float, volume: int) -> None:
    assert judge((round(volume * 3 * share), volume * 3), [(round(volume * share), volume)] * 28) is None


def test_a_brand_that_hears_only_complaints_is_judged_by_their_number() -> None:
    assert judge((30, 30), [(3, 3)] * 28) is not None
    assert judge((6, 6), [(3, 3)] * 28) is None


def test_a_noisy_past_needs_more() -> None:
    calm, noisy = [(10, 40)] * 28, [(2, 40), (18, 40)] * 14
    assert judge((32, 60), calm) is not None
    assert judge((32, 60), noisy) is None


def test_a_short_past_needs_more() -> None:
    assert judge((10, 14), [(1, 5)] * 28) is not None
    assert judge((10, 14), [(1, 5)] * 3) is None
    assert judge((40, 44), [(1, 5)] * 3) is not None


def test_a_brand_without_a_past_needs_many_complaints_and_most_of_what_is_said() -> None:
    for past in ([], [(1, 5)] * 2):
        assert judge((29, 30), past) is None
        assert judge((30, 60), past) is None
        found = judge((30, 59), past)
        assert found is not None and found.expected is None


def test_yesterdays_outage_does_not_hide_todays() -> None:
    past = [(2, 10)] * 28
    past[0] = past[6] = (60, 70)
    found = judge((45, 55), past)
    assert found is not None and found.expected == 2


def test_days_on_which_the_source_was_down_are_not_calm_days() -> None:
    """With ten days missing, the other eighteen say what is usual: 15 negative mentions of 60."""
    past = [(0, 0) if day % 3 == 1 else (15, 60) for day in range(28)]
    found = judge((60, 90), past)
    assert found is not None and found.expected == 15


def test_silence_is_ordinary_for_a_quiet_brand_but_not_before_it_was_first_heard() -> None:
    past = [(1, 2), (0, 0)] * 5 + [(1, 2)] + [(0, 0)] * 17
    found = judge((20, 20), past)
    assert found is not None and found.expected == pytest.approx(6 / 11)


negatives = st.integers(0, 400)
days = st.lists(st.tuples(negatives, st.integers(0, 2000)).map(lambda day: (day[0], sum(day))), max_size=28)


@settings(deadline=None)
@given(st.integers(0, RULE.minimum - 1), st.integers(0, 50), days)
def test_nothing_is_found_under_the_minimum(negative: int, others: int, past: Days) -> None:
    assert judge((negative, negative + others), past) is None


@settings(deadline=None)
@given(negatives, st.integers(0, 400), st.integers(1, 400), days)
def test_more_complaints_never_turn_an_alert_off(negative: int, others: int, more: int, past: Days) -> None:
    """Neither as further mentions nor in place of others."""
    if judge((negative, negative + others), past):
        assert judge((negative + more, negative + more + others), past)
        swapped = min(more, others)
        assert judge((negative + swapped, negative + others), past)


def poisson(rate: float, chance: random.Random) -> int:
    count, product, floor = 0, chance.random(), exp(-rate)
    while product > floor:
        count, product = count + 1, product * chance.random()
    return count


@pytest.mark.parametrize("volume", [3, 15, 60, 150])
def test_quiet_days_raise_almost_nothing(volume: int) -> None:
    """Independent hours with a daily rhythm, a fifth of the mentions negative: at most one false alarm in 2,190 hours,
    which are three months. The comment in the rule's file gives the rate measured over many more."""
    chance = random.Random(volume)
    alarms = 0
    for hour in range(2190):
        rate = volume * (1 + 0.8 * sin(hour * pi / 12))
        negative = poisson(rate * 0.2, chance)
        if negative >= RULE.minimum:
            past = [(poisson(rate * 0.2, chance), poisson(rate * 0.8, chance)) for _ in range(28)]
            past = [(bad, bad + other) for bad, other in past]
            alarms += judge((negative, negative + poisson(rate * 0.8, chance)), past) is not None
    assert alarms <= 1


@pytest.mark.parametrize("known_days", [13, 28])
@pytest.mark.parametrize("base", [1, 2, 3])
def test_sixty_angry_posts_in_two_hours_are_found_within_thirty_minutes(base: int, known_days: int) -> None:
    """Over a quiet base of 1 to 3 negative mentions in two hours; 20 random pasts each."""
    chance = random.Random(base)
    outage = [minute * 2 for minute in range(60)]
    for _ in range(20):
        past = [(poisson(base / 2, chance), poisson(base * 2, chance)) for _ in range(known_days)]
        past = [(bad, bad + other) for bad, other in past]
        late = [
            minutes
            for minutes in range(5, 125, 5)
            if judge((sum(post < minutes for post in outage), sum(post < minutes for post in outage) + base), past)
        ]
        assert late and late[0] <= 30
