"""Fetches from exports: NDJSON, CSV, or JSON (an array of objects), each also packed with gzip.

What was fetched is not fetched again: an export that grew goes on where it ended, one that was replaced begins anew.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from hubbub.collectors._kit import fields
from hubbub.collectors._kit.exports.address import fill, placeholders
from hubbub.collectors._kit.exports.columns import Columns
from hubbub.collectors._kit.exports.export import Export, Format
from hubbub.collectors._kit.exports.found import Found
from hubbub.collectors._kit.times import DateFormat, Times
from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Misconfigured, Skippable
from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.ports import Cursor, Page, Query, Raw
from hubbub.core.records import DeadLetter, Identity
from hubbub.core.settings import SourceOptions
from hubbub.core.zone import Zone

_YES = {"true", "yes", "y", "t", "1"}
_IN_ADDRESSES = ("author_id", "author_name", "brand", "channel", "conversation_id", "native_id", "parent_id")


class Options(SourceOptions):
    """What an entry of `sources:` may say of a file.

    Attributes:
        path: of the file; `$NAME` and `${NAME}` are taken from the environment; relative to `hubbub.yaml`.
        format: where the file's name does not say it.
        source: the place that the file was exported from.
        channel: for records that do not name theirs.
        timezone: of times that name none; by default that of `hubbub.yaml`.
        date_format: `dd/mm/yyyy`, `mm/dd/yyyy` or `yyyy-mm-dd`, whichever sign is between them and with or without a
            time behind, or `excel` for its serial numbers; by default ISO 8601, or seconds or milliseconds since 1970.
            A year from 2400 on is of the Buddhist era.
        url_template: the address of a record that has none: `https://forum.example/t/{conversation_id}#post-{native_id}`.
    """

    path: Path
    format: Format | None = None
    source: str = Field(default="file", max_length=64, pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    kind: Kind = Kind.post
    channel: str | None = None
    timezone: Zone | None = Field(default=None, validate_default=True)
    date_format: DateFormat | None = None
    url_template: str | None = None
    columns: Columns = Columns()

    @field_validator("timezone", mode="before")
    @classmethod
    def _of_the_settings(cls, zone: Any, info: ValidationInfo) -> Any:
        return zone if zone is not None else (info.context or {}).get("timezone")

    @field_validator("url_template")
    @classmethod
    def _can_be_filled(cls, template: str | None) -> str | None:
        if template is not None:
            placeholders(template, _IN_ADDRESSES)
        return template

    @field_validator("path")
    @classmethod
    def _find(cls, path: Path, info: ValidationInfo) -> Path:
        def value(match: re.Match[str]) -> str:
            variable = match[1] or match[2]
            if variable not in os.environ:
                raise Misconfigured(f"path: {path}: the environment variable {variable} is not set")
            return os.environ[variable]

        expanded = Path(re.sub(r"\$(?:\{(\w+)\}|(\w+))", value, str(path))).expanduser()
        folder = (info.context or {}).get("folder")
        return Path(folder) / expanded if folder else expanded


class Collector:
    """Fetches from one file. An observation's time is the file's own, so doing it again changes nothing."""

    local = True

    def __init__(self, options: Options, clock: Clock = utc_now) -> None:
        self._options = options
        self._clock = clock
        self._export = Export(options.path, options.format)
        self._times = Times(options.timezone or UTC, options.date_format)

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        """Yields the records behind the cursor, 500 a page; all of them, whatever the query. With `since` it begins at
        the file's start.

        Raises:
            Misconfigured: the file is not there or is not what its name says, or a table lacks a column.
        """
        for page in self._export.pages(None if since else cursor, self._needed()):
            yield Page(
                records=[clean_json(found.record) for found in page.found if found.record is not None],
                cursor=page.cursor,
                dead=[self._letter(found) for found in page.found if found.record is None],
                whole=page.whole,
            )

    def normalise(self, raw: Raw) -> Mention:
        """Maps a record by `columns`.

        Raises:
            Skippable: it has neither text nor title, or no time that is understood.
        """

        def of(name: str) -> Any:
            return self._said(raw, name)

        deleted = _is_true(of("deleted"))
        text, title = fields.words(of("text")), fields.words(of("title"))
        if not deleted and text is None and title is None:
            raise Skippable("has no text")
        parent = fields.name(of("parent_id"))
        observed = of("observed_at")
        return fields.mention(
            self._clock(),
            source=self._options.source,
            native_id=fields.name(of("native_id")) or _hash(raw),
            kind=self._kind(of("kind"), parent),
            channel=fields.words(of("channel")) or self._options.channel,
            posted_at=self._times.moment(of("posted_at")),
            observed_at=(self._export.written() or self._clock())
            if observed in (None, "")
            else self._times.moment(observed),
            url=None if deleted else fields.link(of("url")) or self._address(raw),
            title=None if deleted else title,
            text="" if deleted or text is None else text,
            author=Author()
            if deleted
            else Author(
                id=fields.name(of("author_id")),
                name=_account(of("author_name")),
                followers=fields.count(of("followers")),
                is_brand=_is_true(of("is_brand")),
            ),
            engagement=Engagement(
                likes=fields.count(of("likes"), lowest=-(2**63)),
                replies=fields.count(of("replies")),
                shares=fields.count(of("shares")),
                views=fields.count(of("views")),
            ),
            conversation_id=fields.name(of("conversation_id")),
            parent_id=parent,
            brand=fields.name(of("brand")),
            deleted=deleted,
            raw={} if deleted else raw,
        )

    def identify(self, raw: Raw) -> Identity:
        """By the columns; a record without an id is known by its hash, as it is where it becomes a mention."""
        raw = dict(fields.part(raw))
        return Identity(
            source=self._options.source,
            native_id=fields.name(self._said(raw, "native_id")) or _hash(raw),
            author_id=fields.name(self._said(raw, "author_id")),
            author=_account(self._said(raw, "author_name")),
        )

    def probe(self) -> str:
        """Opens the file and takes its first records, at most 500.

        Raises:
            Misconfigured: as `fetch` does; or none of these lines is a record, or none has the text or the time.
        """
        path = self._export.path
        page = next(self._export.pages(None, self._needed()), None)
        if page is None:
            return f"{path}: holds no record yet"
        records = [found.record for found in page.found if found.record is not None]
        if not records:
            first = page.found[0].problem
            raise Misconfigured(f"{path}: none of its first {len(page.found)} lines can be read; the first {first}")
        has = fields.listed(dict.fromkeys(column for record in records for column in record))
        absent = {name for name in self._needed() if all(self._said(record, name) is None for record in records)}
        if any(fields.words(self._said(record, "title")) for record in records):
            absent.discard("text")
        for name in ("text", "posted_at"):
            if name in absent:
                column = self._needed()[name]
                problem = f"none of its first {len(records)} records has {column!r} for `columns: {name}:`"
                raise Misconfigured(f"{path}: {problem}; they have: {has}")
        without = f"; none has {', '.join(sorted(absent))}" if absent else ""
        return f"{path}: its first {len(page.found)} records have {has}{without}"

    def _said(self, raw: Raw, name: str) -> Any:
        return self._options.columns.value(raw, name)

    def _address(self, raw: Raw) -> str | None:
        template = self._options.url_template
        return fields.link(fill(template, lambda name: fields.name(self._said(raw, name)))) if template else None

    def _kind(self, said: Any, parent: str | None) -> Kind:
        if isinstance(said, str) and said.lower() in Kind.__members__:
            return Kind(said.lower())
        return Kind.reply if parent and self._options.kind is Kind.post else self._options.kind

    def _needed(self) -> dict[str, str]:
        """The columns that a table must have, by our names."""
        template = self._options.url_template
        of_address = placeholders(template, _IN_ADDRESSES) if template else ()
        names = {"text", "posted_at", *of_address} | self._options.columns.model_fields_set
        return {name: getattr(self._options.columns, name) for name in sorted(names)}

    def _letter(self, found: Found) -> DeadLetter:
        raw = clean_json({"line": found.line})
        return DeadLetter.of(self._options.name, "fetch", f"the line {found.problem}", raw, self._clock())


def _account(value: Any) -> str | None:
    return (fields.name(value) or "").lstrip("@") or None


def _is_true(value: Any) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in _YES)


def _hash(raw: Raw) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:32]
