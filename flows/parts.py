"""Opens the parts that the settings name, each when it is first asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path

from pydantic import ValidationError

from hubbub import collectors
from hubbub.alerts.catalogue import load_notifiers, load_rules
from hubbub.alerts.rule import AnyRule
from hubbub.conversations.post import PostReader
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Misconfigured
from hubbub.core.folders import module_names
from hubbub.core.matching.accounts import Accounts
from hubbub.core.matching.matcher import Matcher
from hubbub.core.matching.watchlist import query
from hubbub.core.ports import Collector, Index, Notifier, Query, Reader
from hubbub.core.settings import Listening, Settings, SourceEntry, SourceOptions, explain, load_listening, load_settings
from hubbub.index import queries


class Parts:
    """Everything that a flow wires together."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock

    @cached_property
    def listening(self) -> Listening:
        return load_listening(self.settings.config)

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher(self.listening.brands)

    @cached_property
    def query(self) -> Query:
        return query(self.listening.brands)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.listening.brands)

    @cached_property
    def posts(self) -> PostReader:
        return PostReader(self.listening.brands)

    @cached_property
    def index(self) -> Index:
        return open_index(self.settings, self.clock)

    @cached_property
    def reader(self) -> Reader:
        from hubbub.models.load import load_reader

        return load_reader(self.settings.sentiment.model)

    @cached_property
    def notifiers(self) -> tuple[Notifier, ...]:
        """All that are set up; the console where none is."""
        return load_notifiers()

    @cached_property
    def rules(self) -> list[AnyRule]:
        """Those that are shipped, as tuned, and the users' own.

        Raises:
            Misconfigured: one is wrong.
        """
        folder = self.settings.config.resolve().parent
        return load_rules(self.listening.alerts, folder, queries.check_filter)

    def entries(self, names: tuple[str, ...] = ()) -> tuple[SourceEntry, ...]:
        """The entries of `sources:`, all or those named.

        Raises:
            Misconfigured: there is none, or none of that name.
        """
        entries = self.listening.sources
        unknown = set(names) - {entry.name for entry in entries}
        if unknown:
            known = ", ".join(entry.name for entry in entries) or "none"
            raise Misconfigured(f"{self.settings.config}: no source named {sorted(unknown)[0]!r}; it has: {known}")
        if not entries:
            raise Misconfigured(f"{self.settings.config}: sources: is empty; name at least one source to listen to")
        return tuple(entry for entry in entries if not names or entry.name in names)

    def collector(self, entry: SourceEntry) -> Collector:
        """The collector of an entry.

        Raises:
            Misconfigured: its options or credentials are wrong.
        """
        module = import_module(f"hubbub.collectors.{_known(entry.collector)}")
        try:
            folder = self.settings.config.resolve().parent
            options = module.Options.model_validate(
                entry.model_dump(), context={"folder": folder, "timezone": self.listening.timezone}
            )
        except ValidationError as error:
            raise Misconfigured(f"{self.settings.config}: source {entry.name!r}: {explain(error)}") from None
        collector: Collector = module.Collector(options, self.clock)
        return collector


@contextmanager
def open_parts(config: Path | None = None) -> Iterator[Parts]:
    """Parts by the environment's settings, with `config` for their `hubbub.yaml`; an index that was used is closed."""
    settings = load_settings()
    parts = Parts(settings if config is None else settings.model_copy(update={"config": config}))
    try:
        yield parts
    finally:
        if "index" in parts.__dict__:
            parts.index.close()


def open_index(settings: Settings, clock: Clock = utc_now) -> Index:
    """The index that the settings name, prepared."""
    index: Index
    if settings.index.url:
        from hubbub.index.elastic.index import ElasticIndex

        key = settings.index.api_key
        index = ElasticIndex(settings.index.url, key.get_secret_value() if key else None, clock)
    else:
        from hubbub.index.embedded.index import EmbeddedIndex

        index = EmbeddedIndex(settings.home, clock)
    index.prepare()
    return index


def options_by_collector() -> dict[str, type[SourceOptions]]:
    """What each collector lets an entry of `sources:` say."""
    return {name: import_module(f"hubbub.collectors.{name}").Options for name in module_names(collectors.__path__)}


def _known(name: str) -> str:
    names = module_names(collectors.__path__)
    if name not in names:
        raise Misconfigured(f"no collector named {name!r}; there are: {', '.join(names)}")
    return name
