"""What people are told of a finding."""

from collections.abc import Sequence
from datetime import tzinfo

from hubbub.alerts.catalogue import kind_of
from hubbub.core.alert import Alert, Evidence, Finding
from hubbub.core.text import harmless, link, masked, shortened

POSTS = 5
POST_LENGTH = 300
TITLE_LENGTH = 150


def write(key: str, findings: Sequence[Finding], evidence: Sequence[Evidence], zone: tzinfo) -> Alert:
    """The message about the findings of one subject; the first gives the title.

    Args:
        evidence: newest first; the first five are shown, e-mail addresses and phone numbers masked.
        zone: of the times in it.
    """
    first, *also = findings
    return Alert(
        key=key,
        title=f"{harmless(first.subject.name)}: {_headline(first)}",
        summary="\n".join([kind_of(first).details(first, zone), *(f"{told.rule}: {_headline(told)}" for told in also)]),
        findings=tuple(findings),
        evidence=tuple(_presentable(post) for post in evidence[:POSTS]),
    )


def _headline(finding: Finding) -> str:
    return kind_of(finding).headline(finding)


def _presentable(post: Evidence) -> Evidence:
    return post.model_copy(
        update={
            "title": shortened(masked(harmless(post.title)), TITLE_LENGTH) if post.title else None,
            "text": shortened(masked(harmless(post.text)), POST_LENGTH),
            "author": masked(harmless(post.author)) if post.author else None,
            "url": link(post.url),
        }
    )
