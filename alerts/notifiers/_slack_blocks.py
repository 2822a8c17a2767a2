"""An alert as Slack's blocks. Other people's words go into `plain_text`, which Slack does not interpret, or are
escaped.

Limits (https://docs.slack.dev/reference/block-kit/blocks): header 150 characters, a text 3,000, 50 blocks; all blocks
together, as seen, about 13,200 characters.
"""

from typing import Any

from hubbub.core.alert import Alert, Evidence
from hubbub.core.text import harmless, link, shortened

Block = dict[str, Any]
_POSTS = 10
_POST = 600
_TITLE = 200


def blocks(alert: Alert) -> list[Block]:
    """The whole message: what happened, then the posts."""
    summary = "\n".join(harmless(line) for line in alert.summary.split("\n"))
    return [
        {"type": "header", "text": _plain(harmless(alert.title), 150)},
        {"type": "section", "text": _plain(summary, 2000)},
        *(block for post in alert.evidence[:_POSTS] for block in _post(post)),
    ]


def fallback(alert: Alert) -> str:
    """What a notification shows; Slack interprets it."""
    return escaped(shortened(harmless(alert.title), 300))


def escaped(text: str) -> str:
    """The text without Slack's control characters.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _post(post: Evidence) -> list[Block]:
    """Its title, what was said, then by whom and where."""
    names = [harmless(name) for name in (post.source, post.author) if name]
    who = ", ".join(escaped(shortened(name, 80)) for name in names if name) or "somebody"
    address = _address(post.url)
    where = f" · <{address}|open>" if address else ""
    said = harmless(post.text) or "(no text)"
    return [
        *([_bold(shortened(harmless(post.title), _TITLE))] if post.title else []),
        {"type": "section", "text": _plain(said, _POST)},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"{who}{where}", "verbatim": True}]},
    ]


def _bold(text: str) -> Block:
    """Rich text, which Slack does not interpret either."""
    words = {"type": "text", "text": text or "-", "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [words]}]}


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": shortened(text, limit) or "-", "emoji": False}


def _address(url: str | None) -> str | None:
    """A link without the characters that end one in Slack's markup."""
    address = link(url)
    if address is None:
        return None
    return escaped(address.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C"))
