"""The Slack notifier, with the real slack_sdk, against a local Slack."""

import builtins
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import SecretStr

from hubbub.alerts.message import write
from hubbub.alerts.notifiers._slack_blocks import blocks, fallback
from hubbub.alerts.notifiers.slack import SlackNotifier, from_environment
from hubbub.core.alert import Alert
from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable
from tests.alerts.hostile import alerts
from tests.alerts.made import POST as SAID
from tests.alerts.made import ZONE, finding
from tests.fakes.slack import CHANNEL, TOKEN, FakeSlack, Fault, fake_slack

ALERT = write("mekara-1", [finding()], [SAID], ZONE)
POST, HISTORY, UPDATE, DELETE = "chat.postMessage", "conversations.history", "chat.update", "chat.delete"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as server:
        yield server


@pytest.fixture
def notifier(slack: FakeSlack) -> SlackNotifier:
    return SlackNotifier(SecretStr(TOKEN), CHANNEL, slack.url)


def test_the_message_says_what_happened_and_shows_the_posts(slack: FakeSlack, notifier: SlackNotifier) -> None:
    receipt = notifier.send(ALERT)
    (message,) = slack.messages
    assert receipt == {"channel": CHANNEL, "ts": message["ts"]}
    assert message["text"] == "Mekara: 57 negative mentions in one hour, usual is 3"
    header, summary, post, where = message["blocks"]
    assert header["text"]["text"] == message["text"]
    assert summary["text"]["text"] == "57 of 64 mentions are negative (89%), 2026-11-20 11:00 to 12:00 UTC"
    assert post["text"] == {"type": "plain_text", "text": "Card declined again, write to [e-mail]", "emoji": False}
    assert where["elements"][0]["text"] == "x, joe · <https://x.example/1|open>"
    assert message["unfurl_links"] is message["unfurl_media"] is False


def test_a_title_stands_bold_above_its_text(slack: FakeSlack, notifier: SlackNotifier) -> None:
    said = SAID.model_copy(update={"title": "*At* <!here> the counter"})
    notifier.send(write("mekara-1", [finding()], [said], ZONE))
    *_, title, text, _ = slack.messages[0]["blocks"]
    (words,) = title["elements"][0]["elements"]
    assert words == {"type": "text", "text": "*At* <!here> the counter", "style": {"bold": True}}
    assert text["text"]["text"] == "Card declined again, write to [e-mail]"


def test_a_message_can_be_changed_and_is_found_afterwards(slack: FakeSlack, notifier: SlackNotifier) -> None:
    receipt = notifier.send(ALERT)
    notifier.send(ALERT.model_copy(update={"key": "mekara-2"}))
    less = write("mekara-1", [finding()], [], ZONE)
    notifier.update(less, receipt)
    assert "Card declined" not in str(slack.messages[0]) and "Card declined" in str(slack.messages[1])
    assert slack.messages[0]["text"] == ALERT.title
    assert notifier.find(less) == receipt


def test_a_message_can_be_taken_back(slack: FakeSlack, notifier: SlackNotifier) -> None:
    receipt = notifier.send(ALERT)
    notifier.withdraw(receipt)
    assert slack.messages == []
    notifier.withdraw(receipt)
    notifier.update(ALERT, receipt)
    assert slack.messages == []


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message"])
def test_a_message_that_may_not_be_changed_any_more_is_taken_back(
    slack: FakeSlack, notifier: SlackNotifier, code: str
) -> None:
    receipt = notifier.send(ALERT)
    slack.fail(UPDATE, Fault(error=code))
    notifier.update(ALERT, receipt)
    assert slack.messages == []


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=0), Fault(error="fatal_error")])
def test_a_change_that_did_not_come_through_is_retryable(
    slack: FakeSlack, notifier: SlackNotifier, fault: Fault
) -> None:
    receipt = notifier.send(ALERT)
    slack.fail(UPDATE, fault)
    slack.fail(DELETE, fault)
    with pytest.raises(Retryable):
        notifier.update(ALERT, receipt)
    with pytest.raises(Retryable):
        notifier.withdraw(receipt)


@pytest.mark.parametrize("code", ["fatal_error", "internal_error", "service_unavailable", "request_timeout"])
def test_trouble_of_slacks_own_is_called_so(slack: FakeSlack, notifier: SlackNotifier, code: str) -> None:
    slack.fail(POST, Fault(error=code))
    with pytest.raises(Retryable, match=f"trouble of its own .{code}"):
        notifier.send(ALERT)


def test_a_sent_message_is_found_and_another_is_not(slack: FakeSlack, notifier: SlackNotifier) -> None:
    assert notifier.find(ALERT) is None
    receipt = notifier.send(ALERT)
    assert notifier.find(ALERT) == receipt
    assert notifier.find(ALERT.model_copy(update={"key": "mekara-2"})) is None
    assert notifier.find(write("mekara-1", [finding(5)], (), ZONE)) is None


def test_a_message_is_found_below_many_others(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.page = 3
    receipt = notifier.send(ALERT)
    for number in range(2, 12):
        notifier.send(ALERT.model_copy(update={"key": f"mekara-{number}"}))
    assert notifier.find(ALERT) == receipt
    assert slack.asked(HISTORY) == 4


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("invalid_auth", "HUBBUB_SLACK__BOT_TOKEN is not valid"),
        ("channel_not_found", "no channel with the ID in HUBBUB_SLACK__CHANNEL"),
        ("not_in_channel", "invite it there"),
        ("missing_scope", "lacks the scope chat:write"),
        ("<!channel> \x1b[2J", "unknown"),
    ],
)
def test_a_refusal_says_what_to_do(slack: FakeSlack, notifier: SlackNotifier, code: str, remedy: str) -> None:
    slack.fail(POST, Fault(error=code, more={"needed": "chat:write"}))
    with pytest.raises(Fatal, match=remedy):
        notifier.send(ALERT)


def test_a_wrong_token_or_channel_is_refused(slack: FakeSlack) -> None:
    with pytest.raises(Fatal, match="BOT_TOKEN is not valid"):
        SlackNotifier(SecretStr("xoxb-wrong"), CHANNEL, slack.url).send(ALERT)
    with pytest.raises(Fatal, match="HUBBUB_SLACK__CHANNEL"):
        SlackNotifier(SecretStr(TOKEN), "C0OTHER", slack.url).send(ALERT)
    assert slack.messages == []


def test_a_short_wait_is_waited(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail(POST, Fault(status=429, error="ratelimited", headers={"Retry-After": "0"}))
    notifier.send(ALERT)
    assert len(slack.messages) == 1


@pytest.mark.parametrize(("asked", "after"), [("600", 600), ("Sun, 22 Nov 2026 12:00:00 GMT", None), ("²", None)])
def test_a_long_wait_is_left_to_a_later_run(
    slack: FakeSlack, notifier: SlackNotifier, asked: str, after: float | None
) -> None:
    slack.fail(POST, Fault(status=429, error="ratelimited", headers={"Retry-After": asked}))
    with pytest.raises(Retryable, match="asks to wait") as caught:
        notifier.send(ALERT)
    assert caught.value.retry_after == after
    assert slack.asked(POST) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", '{"ok": false, "error": "internal_error"}', "{"])
def test_after_a_server_error_the_message_is_there_once(
    slack: FakeSlack, notifier: SlackNotifier, status: int, body: str
) -> None:
    for stored in (False, True):
        slack.messages.clear()
        slack.fail(POST, Fault(status=status, body=body, stored=stored))
        assert notifier.send(ALERT)["ts"] == slack.messages[0]["ts"]
        assert len(slack.messages) == 1


def test_a_server_that_goes_on_failing_is_left_to_a_later_run(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail(POST, *[Fault(status=503)] * 2)
    with pytest.raises(Retryable, match="trouble of its own"):
        notifier.send(ALERT)
    assert slack.asked(POST) == 2


def test_a_message_whose_answer_was_lost_is_not_sent_twice(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail(POST, Fault(status=0, stored=True))
    assert notifier.send(ALERT)["ts"] == slack.messages[0]["ts"]
    assert slack.asked(POST) == len(slack.messages) == 1


def test_after_a_lost_connection_nothing_is_sent_blindly(slack: FakeSlack, notifier: SlackNotifier) -> None:
    slack.fail(POST, Fault(status=0))
    with pytest.raises(Retryable, match="cannot be reached"):
        notifier.send(ALERT)
    assert slack.asked(POST) == 1


def test_a_slack_that_is_away_is_retryable() -> None:
    with fake_slack() as server:
        url = server.url
    with pytest.raises(Retryable, match="Slack cannot be reached"):
        SlackNotifier(SecretStr(TOKEN), CHANNEL, url).send(ALERT)


def test_the_token_reaches_neither_errors_nor_logs(
    slack: FakeSlack, notifier: SlackNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.fail(POST, Fault(error=TOKEN), Fault(status=503, body=TOKEN), Fault(status=503, body=TOKEN), Fault(status=0))
    slack.fail(POST, Fault(error="missing_scope", more={"needed": TOKEN + "<>"}))
    for _ in range(4):
        with pytest.raises(HubbubError) as caught:
            notifier.send(ALERT)
        assert TOKEN not in str(caught.value).replace("Slack refused the request: unknown", "")
        assert "\n" not in str(caught.value)
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(vars(notifier))


def environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in ("BOT_TOKEN", "CHANNEL", "BASE_URL"):
        monkeypatch.delenv(f"HUBBUB_SLACK__{name}", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(f"HUBBUB_SLACK__{name}", value)


def test_without_a_token_there_is_no_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch)
    assert from_environment() is None
    environment(monkeypatch, BOT_TOKEN="", CHANNEL="C1")
    assert from_environment() is None


def test_the_environment_names_token_channel_and_address(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, BOT_TOKEN=TOKEN, CHANNEL=CHANNEL, BASE_URL=slack.url)
    notifier = from_environment()
    assert notifier is not None
    notifier.send(ALERT)
    assert slack.messages[0]["channel"] == CHANNEL


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"BOT_TOKEN": TOKEN}, "HUBBUB_SLACK__CHANNEL"),
        ({"BOT_TOKEN": TOKEN, "CHANNEL": "#care"}, "HUBBUB_SLACK__CHANNEL"),
        ({"BOT_TOKEN": TOKEN, "CHANNEL": "C1", "BASE_URL": "slack.com"}, "HUBBUB_SLACK__BASE_URL"),
    ],
)
def test_a_wrong_environment_is_named_without_the_token(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    environment(monkeypatch, **values)
    with pytest.raises(Misconfigured, match=named) as caught:
        from_environment()
    assert TOKEN not in str(caught.value)


def test_without_slack_sdk_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "slack_sdk":
            raise ModuleNotFoundError(name=name)
        return real(name, *rest)

    for name in [name for name in sys.modules if name.partition(".")[0] == "slack_sdk"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    environment(monkeypatch)
    assert from_environment() is None
    environment(monkeypatch, BOT_TOKEN=TOKEN, CHANNEL=CHANNEL)
    with pytest.raises(Misconfigured, match="pip install slack-sdk"):
        from_environment()


@settings(deadline=None)
@given(alerts)
def test_hostile_text_stays_text_in_slack(alert: Alert) -> None:
    """Whatever Slack interprets holds no markup but our own link; everything keeps to Slack's limits."""
    assert not set(fallback(alert)) & set("<>")
    made = blocks(alert)
    assert len(made) <= 50
    assert len(str(made)) < 13_200
    for block in made:
        if block["type"] == "rich_text":
            (words,) = block["elements"][0]["elements"]
            assert words["type"] == "text" and 0 < len(words["text"]) <= 3000
            continue
        for text in [block["text"]] if "text" in block else block["elements"]:
            assert 0 < len(text["text"]) <= (150 if block["type"] == "header" else 3000)
            if text["type"] != "plain_text":
                words, _, tail = text["text"].partition(" · <")
                assert not set(words) & set("<>")
                if tail:
                    assert tail.endswith("|open>") and tail.startswith(("http://", "https://"))
                    assert not set(tail.removesuffix("|open>")) & set("<>| \n")
