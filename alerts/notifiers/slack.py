"""Tells a Slack channel.

https://docs.slack.dev/reference/methods/chat.postMessage, chat.update and chat.delete

The bot needs the scope `chat:write` and, to see whether a message arrived whose answer was lost, `channels:history`
(`groups:history` for a private channel); it must be a member of the channel. slack_sdk is the extra `slack`, imported
only when a notifier is made.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from hubbub.alerts.notifiers._slack_blocks import blocks, fallback
from hubbub.alerts.notifiers._slack_refusals import FIXED, GONE, LOST, code_of, explained, seconds
from hubbub.core.addresses import ServiceAddress
from hubbub.core.alert import Alert
from hubbub.core.errors import Misconfigured
from hubbub.core.settings import Secret, environment, load_environment

T = TypeVar("T")
EVENT = "hubbub_alert"
PATIENCE = 10  # seconds for an answer, and the longest wait that Slack may ask for; a send ends within a claim's term
CLOCKS_DIFFER = timedelta(hours=1)  # at most, Slack's and ours


class SlackSettings(BaseSettings):
    """Environment variables `HUBBUB_SLACK__BOT_TOKEN`, `HUBBUB_SLACK__CHANNEL` (an ID), `HUBBUB_SLACK__BASE_URL`."""

    model_config = environment("HUBBUB_SLACK__")

    bot_token: Secret | None = None
    channel: str | None = Field(default=None, pattern=r"^[CGD][A-Z0-9]+$")
    base_url: ServiceAddress = "https://slack.com/api"


class SlackNotifier:
    """Posts into one channel, and finds its messages by the metadata that it gives them."""

    name = "slack"

    def __init__(self, token: SecretStr, channel: str, base_url: str = "https://slack.com/api") -> None:
        """Asks nothing of the network.

        Args:
            channel: its ID (`C0123456789`), since a channel's history can be asked for by ID only.

        Raises:
            Misconfigured: slack_sdk is not installed.
        """
        try:
            from slack_sdk import WebClient
        except ImportError:
            raise Misconfigured("Slack needs the package slack-sdk: pip install slack-sdk") from None
        self._channel = channel
        quiet = logging.getLogger("hubbub.alerts.slack_sdk")
        quiet.setLevel(logging.CRITICAL)  # slack_sdk logs errors that are raised as well and, on DEBUG, whole messages
        self._client = WebClient(
            token.get_secret_value(),
            base_url=f"{base_url.rstrip('/')}/",
            timeout=PATIENCE,
            retry_handlers=[_rate_limit_handler()],
            logger=quiet,
        )

    def send(self, alert: Alert) -> dict[str, str]:
        """Posts once.

        A server error or a lost connection may come after the message was taken: then the channel is looked at, and
        only after a server error, which ends the request, is it posted once more; slack_sdk's handlers would not look.
        """
        from slack_sdk.errors import SlackApiError

        try:
            return self._post(alert)
        except SlackApiError as error:
            if error.response.status_code < 500:
                raise explained(error, self._client.base_url) from None
        except LOST as error:
            receipt = self.find(alert)
            if receipt is None:
                raise explained(error, self._client.base_url) from None
            return receipt
        return self.find(alert) or self._asked(lambda: self._post(alert))

    def update(self, alert: Alert, receipt: dict[str, str]) -> None:
        """A message that somebody deleted stays so; one that Slack no longer lets be changed is taken back."""
        code = self._changed(lambda: self._client.chat_update(**_place(receipt), **_content(alert)))
        if code in FIXED:
            self.withdraw(receipt)

    def withdraw(self, receipt: dict[str, str]) -> None:
        self._changed(lambda: self._client.chat_delete(**_place(receipt)))

    def find(self, alert: Alert) -> dict[str, str] | None:
        return self._asked(lambda: self._find(alert))

    def _changed(self, ask: Callable[[], Any]) -> Any:
        """Slack's code where the message is gone or fixed already, else None."""
        from slack_sdk.errors import SlackApiError

        try:
            ask()
        except (SlackApiError, *LOST) as error:
            code = code_of(error)
            if code in GONE | FIXED:
                return code
            raise explained(error, self._client.base_url) from None
        return None

    def _post(self, alert: Alert) -> dict[str, str]:
        answer = self._client.chat_postMessage(
            channel=self._channel, unfurl_links=False, unfurl_media=False, **_content(alert)
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    def _find(self, alert: Alert) -> dict[str, str] | None:
        """Looks through the channel from the end of the finding's window on: it was sent after that."""
        oldest = alert.findings[0].end - CLOCKS_DIFFER
        cursor = None
        while True:
            answer = self._client.conversations_history(
                channel=self._channel,
                oldest=f"{oldest.timestamp():.6f}",
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
            )
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT and metadata.get("event_payload") == _payload(alert):
                    return {"channel": self._channel, "ts": message["ts"]}
            following = (answer.get("response_metadata") or {}).get("next_cursor")
            if not following or following == cursor:
                return None
            cursor = following

    def _asked(self, ask: Callable[[], T]) -> T:
        from slack_sdk.errors import SlackApiError

        try:
            return ask()
        except (SlackApiError, *LOST) as error:
            raise explained(error, self._client.base_url) from None


def from_environment() -> SlackNotifier | None:
    """The notifier, or None where no token is set.

    Raises:
        Misconfigured: a token without a channel, a wrong value, or slack_sdk is not installed.
    """
    settings = load_environment(SlackSettings)
    if settings.bot_token is None:
        return None
    if settings.channel is None:
        raise Misconfigured("HUBBUB_SLACK__BOT_TOKEN is set, HUBBUB_SLACK__CHANNEL is not: set it to a channel's ID")
    return SlackNotifier(settings.bot_token, settings.channel, settings.base_url)


def _place(receipt: dict[str, str]) -> dict[str, Any]:
    return {"channel": receipt["channel"], "ts": receipt["ts"]}


def _content(alert: Alert) -> dict[str, Any]:
    metadata = {"event_type": EVENT, "event_payload": _payload(alert)}
    return {"text": fallback(alert), "blocks": blocks(alert), "metadata": metadata}


def _payload(alert: Alert) -> dict[str, str]:
    first = alert.findings[0]
    return {"key": alert.key, "start": first.start.isoformat(), "end": first.end.isoformat()}


def _rate_limit_handler() -> Any:
    """The handler of slack_sdk, for short waits only; it sleeps as long as it is told and stumbles over a date."""
    from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

    class ShortWaits(RateLimitErrorRetryHandler):
        def _can_retry(self, *, response: Any = None, **known: Any) -> bool:
            wait = seconds(response.headers) if response is not None else None
            return super()._can_retry(response=response, **known) and wait is not None and wait <= PATIENCE

    return ShortWaits()
