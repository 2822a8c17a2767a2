"""What people are told of a finding."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hubbub.core.text import harmless, link, masked, shortened
from hubbub.core.alert import Alert, Evidence, Finding

POSTS = 5
POST_LENGTH = 300


def write(key: str, findings: Sequence[Finding], evidence: Sequence[Evidence]) -> Alert:
    """The message about the findings of one brand; the first gives the title.

    Args:
        evidence: newest first; the first five are shown, e-mail addresses and phone numbers masked.
    """
    first, *also = findings
    return Alert(
        key=key,
        title=f"{harmless(first.brand)}: {_headline(first)}",
        summary="\n".join([_details(first), *(f"{finding.rule}: {_headline(finding)}" for finding in also)]),
        finding=first,
        also=tuple(also),
        evidence=tuple(_presentable(post) for post in evidence[:POSTS]),
    )


def _headline(finding: Finding) -> str:
    usual = "usual is not known yet" if finding.usual is None else f"usual is {_number(finding.usual)}"
    return f"{finding.count} negative mentions in {_span(finding.end - finding.start)}, {usual}"


def _details(finding: Finding) -> str:
    share = f"{finding.count} of {finding.total} mentions are negative ({finding.count / max(finding.total, 1):.0%})"
    return f"{share}, {_moment(finding.start)} to {_moment(finding.end, finding.start)} UTC"


def _presentable(post: Evidence) -> Evidence:
    return post.model_copy(
        update={
            "text": shortened(masked(harmless(post.text)), POST_LENGTH),
            "author": masked(harmless(post.author)) if post.author else None,
            "url": link(post.url),
        }
    )


def _number(value: float) -> str:
    """Whole from ten on, below that with one digit where it is not zero: 0.4, 3, 57."""
    if 0 < value < 0.05:
        return "less than 0.1"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def _span(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    if minutes == 60:
        return "one hour"
    return f"{minutes // 60} hours" if minutes % 60 == 0 else f"{minutes} minutes"


def _moment(moment: datetime, after: datetime | None = None) -> str:
    same_day = after is not None and moment.date() == after.date()
    return moment.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
