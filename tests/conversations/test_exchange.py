"""Who answered whom, and when."""

from datetime import UTC, timedelta

import pytest

from hubbub.core.facts import Facts
from hubbub.core.moments import iso
from hubbub.core.service import ServiceLevel, Severity
from hubbub.core.urgency import Weights
from tests.conversations.made import at, joined, line, said

ROOT = said("1", "ann", 0, within="1")


def answered(*posts):
    """The answer to each post that has one."""
    told = [thread.told(UTC, Weights()) for thread in joined(*posts)]
    return {name: fact["answered_by"] for each in told for name, fact in each.items() if fact["answered_by"]}


def test_the_first_response_is_counted_from_the_post_itself():
    found = line(ROOT, said("2", "lumo", 20, within="1", to="1"), said("3", "lumo", 30, within="1", to="2"))
    assert found == {
        "id": "x:1",
        "brand": "Lumo",
        "source": "x",
        "channel": None,
        "opened_at": iso(at(0)),
        "answered_at": iso(at(20)),
        "first_response_seconds": 1200,
        "posts": 3,
        "customer_posts": 1,
        "open": False,
        "due_at": iso(at(30)),
        "outcome": "resolved",
    }


def test_each_post_has_the_answer_that_came_after_it():
    posts = (
        ROOT,
        said("2", "ann", 5, within="1", to="1"),
        said("3", "lumo", 10, within="1", to="2"),
        said("4", "ann", 20, within="1", to="3"),
        said("5", "lumo", 50, within="1", to="4"),
        said("6", "ann", 60, within="1", to="5"),
    )
    assert answered(*posts) == {"x:1": "x:3", "x:2": "x:3", "x:4": "x:5"}
    (thread,) = joined(*posts)
    told = thread.told(UTC, Weights())
    fact = Facts.model_validate(told["x:1"])
    assert (fact.open, fact.due_at, fact.contacts, fact.last_by) == (True, at(90), 4, "customer")
    assert fact.warn_at == at(80)
    assert fact.waited_seconds == (10 + 30) * 60
    assert told["x:4"]["response_seconds"] == 30 * 60


def test_a_reply_at_the_very_moment_counts():
    assert line(ROOT, said("0", "lumo", 0, within="1", to="1"))["first_response_seconds"] == 0


def test_what_the_brand_said_before_answers_nothing():
    posts = said("1", "lumo", 0, within="1"), said("2", "ann", 5, within="1", to="1")
    assert answered(*posts) == {}
    assert line(*posts)["open"] is True


@pytest.mark.parametrize("voice", ["acme", "rival"])
def test_another_brand_answers_nobody(voice):
    assert answered(ROOT, said("2", voice, 5, within="1", to="1", about=("Acme",))) == {}


def test_a_reply_to_one_customer_does_not_answer_another():
    ann, bob = ROOT, said("2", "bob", 1, within="1", to="1")
    assert answered(ann, bob, said("3", "lumo", 5, within="1", to="2")) == {"x:2": "x:3"}
    assert answered(ann, bob, said("3", "lumo", 5, within="1", to="2"), said("4", "lumo", 6, within="1", to="3")) == {
        "x:2": "x:3"
    }


def test_a_reply_to_a_post_that_we_never_saw_answers_whom_it_names():
    ann, bob = ROOT, said("2", "bob", 1, within="1", to="1")
    reply = said("3", "lumo", 5, within="1", to="99", text="@Bob sorry")
    assert answered(ann, bob, reply) == {"x:2": "x:3"}


def test_a_reply_to_a_post_that_we_never_saw_answers_the_only_customer():
    assert answered(ROOT, said("3", "lumo", 5, within="1", to="99", text="sorry to hear")) == {"x:1": "x:3"}


def test_a_reply_to_somebody_that_we_never_saw_answers_nobody():
    assert answered(ROOT, said("3", "lumo", 5, within="1", to="99", text="@carl sorry")) == {}


def test_a_brand_that_goes_on_under_its_own_post_answers_nobody():
    campaign = said("1", "lumo", 0, within="1"), said("2", "ann", 1, within="1", to="1")
    assert answered(*campaign, said("3", "lumo", 5, within="1", to="1", text="and there is more")) == {}


def test_accounts_of_a_platform_stand_in_place_of_handles():
    root = said("1", "ann", 0, within="1", source="reddit")
    posts = [said("2", name, 5, within="1", to="1", source="reddit") for name in ("lumo", "lumocare")]
    assert answered(root, posts[0]) == {}
    assert answered(root, posts[1]) == {"reddit:1": "reddit:2"}


def test_an_account_that_its_source_calls_the_brand_is_the_brand():
    agent = said("2", "agent 7", 5, within="1", to="1", user={"name": "agent 7", "is_brand": True})
    assert answered(ROOT, agent) == {"x:1": "x:2"}


def test_an_automatic_reply_does_not_stop_the_clock():
    robot = said("2", "lumo", 1, within="1", to="1", text="Hello! We  got your MESSAGE.")
    assert answered(ROOT, robot) == {}
    assert answered(ROOT, robot, said("3", "lumo", 9, within="1", to="1")) == {"x:1": "x:3"}
    other = said("2", "acme", 1, within="1", to="1", text="we got your message", about=("Acme",))
    assert answered(said("1", "ann", 0, within="1", about=("Acme",)), other) == {"x:1": "x:2"}


def test_the_brand_is_the_one_that_the_customer_addresses():
    assert line(said("1", "ann", 0, about=("Lumo", "Acme"), text="@acme my Lumo cable"))["brand"] == "Acme"
    assert line(said("1", "ann", 0, about=("Lumo", "Acme")))["brand"] == "Lumo"


def test_of_several_brands_the_one_that_answers_is_meant():
    root = said("1", "ann", 0, within="1", about=("Lumo", "Acme"))
    found = line(root, said("2", "acme", 5, within="1", to="1", about=("Acme",)))
    assert (found["brand"], found["open"]) == ("Acme", False)


def test_a_conversation_of_two_brands_has_one_line_and_one_as_each_of_them_sees_it():
    posts = (
        ROOT,
        said("2", "lumo", 5, within="1", to="1"),
        said("3", "bob", 6, within="1", to="1", about=("Acme",)),
    )
    seen = [line(*posts, brand=brand) for brand in (None, "Lumo", "Acme")]
    assert [(each["brand"], each["customer_posts"], each["posts"], each["open"]) for each in seen] == [
        ("Lumo", 2, 3, True),
        ("Lumo", 1, 3, False),
        ("Acme", 1, 3, True),
    ]
    assert [each["opened_at"] for each in seen] == [iso(at(0)), iso(at(0)), iso(at(6))]


def test_a_customer_who_turns_to_another_brand_waits_for_that_one():
    posts = (
        ROOT,
        said("2", "lumo", 5, within="1", to="1"),
        said("3", "ann", 8, within="1", text="then @acme, can you?", about=("Acme",)),
        said("4", "ann", 9, within="1", text="hello?", about=()),
    )
    assert line(*posts, brand="Lumo")["open"] is False
    assert (line(*posts, brand="Acme")["open"], line(*posts, brand="Acme")["customer_posts"]) == (True, 2)
    late = said("5", "acme", 20, within="1", to="4", about=("Acme",))
    assert answered(*posts, late) == {"x:1": "x:2", "x:3": "x:5", "x:4": "x:5"}
    assert line(*posts, late)["open"] is False


def test_who_answers_a_brand_and_names_another_stays_with_the_first():
    posts = (
        ROOT,
        said("2", "lumo", 5, within="1", to="1"),
        said("3", "ann", 8, within="1", to="2", text="like my Acme cable", about=("Acme",)),
    )
    assert (line(*posts)["customer_posts"], line(*posts)["open"]) == (2, True)
    assert answered(*posts, said("4", "lumo", 9, within="1", to="3"))["x:3"] == "x:4"


def test_the_places_of_an_exchange_are_told_each_once():
    posts = (
        said("1", "ann", 0, within="1", channel="news"),
        said("2", "lumo", 5, within="1", to="1", channel="help"),
        said("3", "ann", 8, within="1", to="2", channel="news"),
    )
    (thread,) = joined(*posts)
    assert thread.told(UTC, Weights())["x:1"]["channels"] == ["news", "help"]


def test_what_brands_and_their_competitors_say_among_themselves_has_no_line():
    (thread,) = joined(said("1", "lumo", 0, within="1"), said("2", "ann", 0, within="1", about=()))
    assert thread.line() is None


def test_what_needs_no_reply_does_not_wait():
    thanks = said("3", "ann", 20, within="1", to="2", needs_reply=False)
    assert line(ROOT, said("2", "lumo", 5, within="1", to="1"), thanks)["open"] is False
    assert line(said("1", "paper", 0, kind="article"))["open"] is False


def test_who_says_what_the_brand_asked_for_waits():
    asked = said("2", "lumo", 5, within="1", to="1", text="which model is it?")
    told = {"within": "1", "to": "2", "needs_reply": False}
    assert line(ROOT, asked, said("3", "ann", 9, text="the 2020 one", **told))["open"] is True
    thanked = said("3", "ann", 9, text="solved, thanks", sentiment={"label": "positive", "score": 0.8}, **told)
    assert line(ROOT, asked, thanked)["open"] is False


def test_a_severe_post_is_due_by_the_level_of_its_severity():
    levels = (ServiceLevel(severity=Severity.high, minutes=10), ServiceLevel(minutes=60))
    worse = said("2", "ann", 20, within="1", signals=["safety"])
    assert line(ROOT, levels=levels)["due_at"] == iso(at(60))
    assert line(ROOT, worse, levels=levels)["due_at"] == iso(at(30))
    (thread,) = joined(ROOT, worse, levels=levels)
    assert thread.exchanges[0].first_due_at == at(60)


def test_every_post_of_a_customer_is_told_how_urgent_it_is():
    angry = {"signals": ["money_taken"], "sentiment": {"label": "negative", "score": -0.8}}
    posts = ROOT, said("2", "lumo", 5, within="1", to="1"), said("3", "ann", 8, within="1", **angry)
    (thread,) = joined(*posts)
    told = thread.told(UTC, Weights(severity=0.4, sentiment=0.2, repeated=0.3, leaving=0, reach=0, wait=0.1))
    assert {name: facts["urgency"] for name, facts in told.items()} == {
        "x:1": 0.1,  # 0.2 x 0.5
        "x:2": None,
        "x:3": 0.46,  # 0.4 x 0.5 + 0.2 x 0.8 + 0.3 x 1/3
    }


def test_people_who_say_nothing_of_themselves_are_one():
    posts = said("1", None, 0, within="1"), said("2", None, 3, within="1"), said("3", "lumo", 5, within="1")
    assert answered(*posts) == {"x:1": "x:3", "x:2": "x:3"}


def test_the_first_response_is_within_the_level_or_not():
    levels = (ServiceLevel(minutes=10),)
    (late,) = joined(ROOT, said("2", "lumo", 11, within="1", to="1"), levels=levels)
    (early,) = joined(ROOT, said("2", "lumo", 10, within="1", to="1"), levels=levels)
    assert (late.exchanges[0].in_time, early.exchanges[0].in_time) == (False, True)
    assert early.exchanges[0].first_response == timedelta(minutes=10)


def test_a_post_that_is_opening_no_more_is_told_nothing():
    later = said("2", "ann", 5, within="1")
    alone = joined(later)[0].told(UTC, Weights())["x:2"]
    behind = joined(ROOT, later)[0].told(UTC, Weights())["x:2"]
    assert (alone["open"], alone["opened_at"]) == (True, at(5))
    assert (behind["open"], behind["opened_at"], behind["due_at"]) == (None, None, None)
