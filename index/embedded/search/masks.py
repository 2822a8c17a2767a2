"""Which rows answer a query."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hubbub.index.embedded.chunk import SIZE, Flags
from hubbub.index.embedded.search.chunks import TIME
from hubbub.index.embedded.search.rows import Rows
from hubbub.index.embedded.segment import thai_words, words
from hubbub.index.query import Both, Everything, Exists, Ids, OneOf, Query, Said, Within


def matching(query: Query, rows: Rows) -> tuple[Rows, Flags]:
    """The chunks in which something answers, and which of their rows do."""
    return rows.within(mask(Both(needed=(query, Exists(TIME))), rows))


def mask(query: Query, rows: Rows) -> Flags:
    """Which rows answer. Of places without a document, those of a refusal may. Not to be changed."""
    if query not in rows.masks:
        rows.masks[query] = _mask(query, rows)
    return rows.masks[query]


def _mask(query: Query, rows: Rows) -> Flags:
    match query:
        case Everything():
            return exists(TIME, rows)
        case Ids(names):
            return _ids(names, rows)
        case Exists(field):
            return exists(field, rows)
        case OneOf(field, values) if _is_keyword(field, rows):
            return _one_of(field, [str(value) for value in values], rows)
        case OneOf(field, values):
            numbers = rows.numbers(field)
            return numbers.present & _any([numbers.values == value for value in values], rows)
        case Within() if _is_keyword(query.field, rows):
            return _words_within(query, rows)
        case Within():
            return _numbers_within(query, rows)
        case Said():
            return _said(query, rows)
        case Both():
            return _both(query, rows)


def exists(field: str, rows: Rows) -> Flags:
    if _is_keyword(field, rows):
        found = np.zeros(len(rows), np.bool_)
        found[rows.keywords(field).owners] = True
        return found
    return rows.numbers(field.removesuffix(".th")).present


def _is_keyword(field: str, rows: Rows) -> bool:
    return rows.stored.table.types[field] == "keyword"


def _ids(names: Sequence[str], rows: Rows) -> Flags:
    select = f"SELECT m.n FROM json_each(?) CROSS JOIN {rows.stored.table.name} m ON m.id = value"
    return rows.mask(rows.stored.places(select, json.dumps(names)))


def _one_of(field: str, words: Sequence[str], rows: Rows) -> Flags:
    keywords, found = rows.keywords(field), np.zeros(len(rows), np.bool_)
    codes = keywords.vocabulary.codes_of(words)
    for code in codes[:1]:
        found[keywords.owners[keywords.codes == code]] = True
    if len(codes) > 1:
        found[keywords.owners[np.isin(keywords.codes, codes[1:])]] = True
    return found


def _words_within(query: Within, rows: Rows) -> Flags:
    keywords, found = rows.keywords(query.field), np.zeros(len(rows), np.bool_)
    words = keywords.vocabulary.words(np.arange(len(keywords.vocabulary)))
    within = np.array([_is_within(word, query) for word in words], np.bool_)
    found[keywords.owners[within[keywords.codes]]] = True
    return found


def _is_within(word: str, query: Within) -> bool:
    low, high = query.low, query.high
    above = low is None or (word >= str(low) if query.low_in else word > str(low))
    return above and (high is None or (word <= str(high) if query.high_in else word < str(high)))


def _numbers_within(query: Within, rows: Rows) -> Flags:
    numbers, found = rows.numbers(query.field), np.zeros((len(rows.chunks), SIZE), np.bool_)
    low: Any = -math.inf if query.low is None else query.low
    high: Any = math.inf if query.high is None else query.high
    smallest, largest = rows.edges(query.field)
    some = np.flatnonzero((largest >= low) & (smallest <= high))
    values = numbers.values.reshape(-1, SIZE)[some]
    above = values >= low if query.low_in else values > low
    below = values <= high if query.high_in else values < high
    found[some] = above & below & numbers.present.reshape(-1, SIZE)[some]
    return found.reshape(-1)


def _said(query: Said, rows: Rows) -> Flags:
    found = thai_words(query.text) if query.field.endswith(".th") else None
    found = words(query.text) if found is None else found
    if not found:
        return np.zeros(len(rows), np.bool_)
    quoted = ['"' + word.replace('"', '""') + '"' for word in found]
    joint = " + " if query.how == "phrase" else f" {query.how.upper()} "
    return rows.mask(rows.stored.found(f"{rows.stored.table.texts[query.field]} : ({joint.join(quoted)})"))


def _both(query: Both, rows: Rows) -> Flags:
    found = np.ones(len(rows), np.bool_)
    for each in sorted(query.needed, key=_is_late):
        found = _and(found, each, rows)
    for each in query.refused:
        found &= ~mask(each, rows)
    if query.least == 1:
        found &= _any((mask(each, rows) for each in query.should), rows)
    elif query.least > 1:
        counts = np.zeros(len(rows), np.int64)
        for each in query.should:
            counts += mask(each, rows)
        found &= counts >= query.least
    return found


def _is_late(query: Query) -> bool:
    """A span of time leaves most chunks out, so it is asked first."""
    return not (isinstance(query, Within) and query.field == TIME)


def _and(found: Flags, query: Query, rows: Rows) -> Flags:
    """Asked only of the chunks in which something is found so far."""
    fewer, some = rows.within(found)
    if fewer is rows:
        return found & mask(query, rows)
    both, chunks = np.zeros_like(found), found.reshape(-1, SIZE).any(axis=1)
    both.reshape(-1, SIZE)[chunks] = (some & mask(query, fewer)).reshape(-1, SIZE)
    return both


def _any(masks: Iterable[Flags], rows: Rows) -> Flags:
    found = np.zeros(len(rows), np.bool_)
    for each in masks:
        found |= each
    return found
