"""What a refusal by Slack or the network means, in our words.

What they said may hold anything, so only what is known is repeated.
"""

from http.client import HTTPException
from json import JSONDecodeError
from typing import Any

from hubbub.core.answers import retry_after
from hubbub.core.errors import Fatal, HubbubError, Retryable

LOST = (OSError, HTTPException, JSONDecodeError, UnicodeDecodeError)
GONE = {"message_not_found"}
FIXED = {"edit_window_closed", "cant_update_message"}
_WAIT = {"ratelimited", "rate_limited"}
_TROUBLE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_REMEDIES = {
    "invalid_auth": "HUBBUB_SLACK__BOT_TOKEN is not valid: copy the bot token (xoxb-...) of the Slack app again",
    "not_authed": "HUBBUB_SLACK__BOT_TOKEN is not valid: copy the bot token (xoxb-...) of the Slack app again",
    "token_revoked": "HUBBUB_SLACK__BOT_TOKEN was revoked: install the Slack app again and copy its bot token",
    "token_expired": "HUBBUB_SLACK__BOT_TOKEN has expired: copy the bot token of the Slack app again",
    "account_inactive": "the Slack app's account is gone: install the app again and copy its bot token",
    "channel_not_found": "no channel with the ID in HUBBUB_SLACK__CHANNEL: copy it from the channel's details in "
    "Slack, and invite the bot where the channel is private",
    "not_in_channel": "the bot is not in the channel of HUBBUB_SLACK__CHANNEL: invite it there",
    "is_archived": "the channel of HUBBUB_SLACK__CHANNEL is archived: name another one",
}


def explained(error: Exception, address: str) -> HubbubError:
    """The error to raise instead.

    Args:
        address: where Slack was asked.
    """
    from slack_sdk.errors import SlackApiError

    if not isinstance(error, SlackApiError):
        return Retryable(f"Slack cannot be reached ({type(error).__name__}) at {address}")
    status, answer, code = error.response.status_code, error.response.data, code_of(error)
    if status == 429 or code in _WAIT:
        return Retryable("Slack asks to wait", retry_after=seconds(error.response.headers))
    if status >= 500 or code in _TROUBLE:
        return Retryable(f"Slack has trouble of its own ({code if code in _TROUBLE else f'status {status}'})")
    if code == "missing_scope":
        needed = answer.get("needed") if isinstance(answer, dict) else None
        return Fatal(f"the Slack app lacks the scope {_word(needed)}: add it to the app and install the app again")
    if code in _REMEDIES:
        return Fatal(_REMEDIES[code])
    return Fatal(f"Slack refused the request: {_word(code)} (status {status})")


def code_of(error: Exception) -> Any:
    """Slack's error code, where Slack gave one."""
    answer = getattr(getattr(error, "response", None), "data", None)
    return answer.get("error") if isinstance(answer, dict) else None


def seconds(headers: Any) -> float | None:
    """How long Slack asks to wait."""
    return retry_after({name: value[0] if isinstance(value, list) else value for name, value in headers.items()})


def _word(value: object) -> str:
    """An error code or a scope, of which Slack's are made of these characters alone."""
    text = str(value)
    return text if text.replace("_", "").replace(":", "").replace(",", "").isalnum() and len(text) < 80 else "unknown"
