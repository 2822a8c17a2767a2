"""Brings the state that an older release left to today's form, in place, once; killed anywhere, it goes on from there.

A record of its own, under a kind that no one else asks for, says that it is done.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from elasticsearch import Elasticsearch, NotFoundError

from hubbub.core.clock import Clock
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index import migrations
from hubbub.index.elastic.state import ElasticState, document
from hubbub.index.mapping import STATE

FORMAT = 2
_MARK = "format"
_TOGETHER = 500  # records


def migrate(client: Elasticsearch, state: ElasticState, clock: Clock) -> None:
    try:
        client.get(index=STATE, id=f"{_MARK}:{FORMAT}", source=False)
    except NotFoundError:
        state.delete_kind("claim")
        while _rewrite(state, RecordKind.alert, migrations.alert_record):
            pass
        while _rewrite(state, RecordKind.dead_letter, migrations.dead_letter):
            pass
        _delete_letters_of_what_is_gone(state)
        client.index(index=STATE, id=f"{_MARK}:{FORMAT}", document=document(_MARK, str(FORMAT), {}, clock()))


def _rewrite(state: ElasticState, kind: RecordKind, change: Callable[[Json], Json]) -> bool:
    """Changes the records of that kind that are not in today's form; whether there were any."""
    found = False
    records = state.each(kind)
    while some := list(islice(records, _TOGETHER)):
        changed = [replace(record, body=body) for record in some if (body := change(record.body)) != record.body]
        state.replace_many(kind, changed)  # one that was written meanwhile is looked at again
        found = found or bool(changed)
    return found


def _delete_letters_of_what_is_gone(state: ElasticState) -> None:
    """As deletion does today; the first release left them."""
    gone = migrations.gone(tombstone.key for tombstone in state.each(RecordKind.tombstone))
    letters = state.each(RecordKind.dead_letter)
    of_these = [it.key for it in letters if (it.body.get("source"), it.body.get("native_id")) in gone]
    state.delete_many(RecordKind.dead_letter, of_these)
