"""Takes out of messages what is no longer in the index.

A record holds the ids of the mentions that its messages quote, never their words. When one of them is gone from the
index, the messages are written anew without it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hubbub.alerts import ledger
from hubbub.alerts.events import event
from hubbub.alerts.message import write
from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.stage import Draft, Passed, Tools
from hubbub.core.alert import Evidence
from hubbub.core.errors import Fatal, Retryable
from hubbub.core.records import AlertRecord

EDITED = timedelta(days=365)


def edit(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Edits what was told within a year, and passes all drafts on. A notifier that is not set up just now is waited
    for."""
    present = {notifier.name for notifier in tools.notifiers}
    recent = [record for record in records if tools.clock() - record.since <= EDITED]
    told = [record for record in recent if (changeable := _changeable(record)) and changeable.keys() <= present]
    quoted = {mention for record in told for mention in record.mentions}
    posts = {post.mention_id: post for post in tools.posts(sorted(quoted))} if quoted else {}
    return drafts, [_edit(record, posts, tools) for record in told if not posts.keys() >= set(record.mentions)]


def _edit(record: AlertRecord, posts: Mapping[str, Evidence], tools: Tools) -> Outcome:
    draft = Draft(record.findings, record)
    left = _left(record, posts)
    alert = write(record.key, record.findings, [posts[mention] for mention in left], tools.zone)
    try:
        for notifier in tools.notifiers:
            if receipt := _changeable(record).get(notifier.name):
                notifier.update(alert, receipt)
    except (Retryable, Fatal) as error:
        return draft.ends(Decision.failed, f"{error}; the next run takes out what was deleted")
    tools.record([event(record, "edited", tools.clock())])
    ledger.change(tools.state, record.key, lambda kept: kept.model_copy(update={"mentions": _left(kept, posts)}))
    gone = len(record.mentions) - len(left)
    return draft.ends(Decision.edited, f"{gone} of the quoted posts {'is' if gone == 1 else 'are'} gone")


def _changeable(record: AlertRecord) -> dict[str, dict[str, str]]:
    """The receipts by which a message can be changed; that of a notifier whose messages stay is empty."""
    return {name: receipt for name, receipt in record.receipts.items() if receipt}


def _left(record: AlertRecord, posts: Mapping[str, Evidence]) -> tuple[str, ...]:
    return tuple(mention for mention in record.mentions if mention in posts)
