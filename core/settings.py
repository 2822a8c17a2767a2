"""Settings: `hubbub.yaml` says what to listen for, environment variables hold addresses and secrets."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from hubbub.core.addresses import ServiceAddress
from hubbub.core.alert import Mute
from hubbub.core.errors import Misconfigured
from hubbub.core.matching.watchlist import Brand
from hubbub.core.routing import Route
from hubbub.core.service import ServiceLevel
from hubbub.core.text import one_line
from hubbub.core.urgency import Weights
from hubbub.core.yamlfile import load_yaml
from hubbub.core.zone import Zone

S = TypeVar("S", bound=BaseSettings)


def _secret(value: Any) -> Any:
    """A secret taken from a file often ends in a line break; one taken from a page may hold what no header takes."""
    if not isinstance(value, str):
        return value
    secret = value.strip()
    if not secret.isascii() or not secret.isprintable():
        raise ValueError("a key is made of plain letters, digits and signs; copy it again")
    return secret


Secret = Annotated[SecretStr, BeforeValidator(_secret)]


class SourceOptions(BaseModel):
    """What every entry of `sources:` has; each collector adds its own.

    Attributes:
        name: of the entry, unique; its cursor is kept under it.
        collector: the file in `collectors/` that fetches from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, pattern=r"^[\w.-]+$")
    collector: str


class SourceEntry(SourceOptions):
    """An entry of `sources:` before its collector has looked at its own options."""

    model_config = ConfigDict(frozen=True, extra="allow")


class AlertSettings(BaseModel):
    """What the entry `alerts:` may say.

    Attributes:
        rules: by the name of a shipped rule, numbers of it that are to be others.
        rules_dir: a folder with further rules (`*.toml`), relative to `hubbub.yaml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mutes: tuple[Mute, ...] = ()
    rules: dict[str, dict[str, Any]] = Field(default_factory=dict)
    rules_dir: Path | None = None


class Listening(BaseModel):
    """The contents of `hubbub.yaml`.

    Attributes:
        timezone: of the team: screens, messages and the report show their times in it, and a source's times that name
            no zone are read in it where the source has no `timezone` of its own.
        service_levels: the first that fits says how soon a customer is to be answered; 30 minutes where none does.
        urgency: how much each part of it counts.
        routing: the first that fits says which team what waits goes to; to none where none does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    brands: tuple[Brand, ...] = Field(min_length=1)
    sources: tuple[SourceEntry, ...] = ()
    alerts: AlertSettings = AlertSettings()
    timezone: Zone = ZoneInfo("UTC")
    service_levels: tuple[ServiceLevel, ...] = ()
    urgency: Weights = Weights()
    routing: tuple[Route, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Listening":
        _refuse_twins("brand", (brand.name for brand in self.brands))
        _refuse_twins("source", (source.name for source in self.sources))
        return self

    @model_validator(mode="after")
    def _rules_are_of_known_brands(self) -> "Listening":
        ours = [brand.name for brand in self.brands if not brand.competitor]
        named = [("service_levels", level.brand) for level in self.service_levels]
        named += [("routing", route.brand) for route in self.routing]
        for entry, brand in named:
            if brand is not None and brand not in ours:
                raise ValueError(f"{entry}: no brand of ours is named {brand!r}; there are: {', '.join(ours)}")
        return self


def _refuse_twins(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise ValueError(f"two entries for the {what} {name!r}; give each a name of its own")
        seen.add(name.casefold())


class IndexSettings(BaseModel):
    """Where mentions are kept.

    Attributes:
        url: of Elasticsearch; empty means the embedded index under `home`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: ServiceAddress = ""
    api_key: Secret | None = None


class SentimentSettings(BaseModel):
    """Which model judges.

    Attributes:
        model: empty means the embedded model, `fast` the same in haste; else a folder or a hub id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = ""


class KibanaSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: ServiceAddress = ""
    api_key: Secret | None = None


def environment(prefix: str) -> SettingsConfigDict:
    """For `model_config` of settings that a collector or a notifier takes from variables of that prefix; an empty one
    counts as not set."""
    return SettingsConfigDict(
        env_prefix=prefix, env_nested_delimiter="__", env_ignore_empty=True, frozen=True, extra="ignore"
    )


class Settings(BaseSettings):
    """Environment variables: `HUBBUB_HOME`, `HUBBUB_CONFIG`, `HUBBUB_INDEX__URL`, ... An empty one counts as not set.
    Collectors and notifiers have their own."""

    model_config = environment("HUBBUB_")

    home: Path = Path(".hubbub")
    config: Path = Path("hubbub.yaml")
    index: IndexSettings = IndexSettings()
    sentiment: SentimentSettings = SentimentSettings()
    kibana: KibanaSettings = KibanaSettings()

    @field_validator("home", "config")
    @classmethod
    def _of_the_user(cls, path: Path) -> Path:
        return path.expanduser()


def load_environment(kind: type[S]) -> S:
    """The settings of that kind, by the environment.

    Raises:
        Misconfigured: a variable is missing or wrong; the message names it and holds no value.
    """
    try:
        return kind()
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        first = error.errors(include_input=False)[0]
        if first["type"] == "missing":
            variable = f"{prefix}{first['loc'][0]}".upper()
            raise Misconfigured(f"{variable} is not set; put it into the environment") from None
        raise Misconfigured(explain(error, prefix=prefix, joint="__", upper=True)) from None


def load_settings() -> Settings:
    """The environment's settings.

    Raises:
        Misconfigured: a variable is wrong; the message names it and holds no value.
    """
    try:
        return load_environment(Settings)
    except SettingsError:
        raise Misconfigured(
            "HUBBUB_INDEX, HUBBUB_SENTIMENT, HUBBUB_KIBANA: set HUBBUB_INDEX__URL and the like"
        ) from None


def load_listening(path: Path) -> Listening:
    """Loads and checks `hubbub.yaml`.

    Raises:
        Misconfigured: it is not there, is not YAML, or says something that Hubbub does not understand.
    """
    content = load_yaml(path)
    if content is None:
        raise Misconfigured(f"{path}: is empty; it needs at least `brands:`")
    if not isinstance(content, dict):
        raise Misconfigured(f"{path}: should begin with a key such as `brands:`, not with a list or a text")
    try:
        return Listening.model_validate(content)
    except ValidationError as error:
        raise Misconfigured(f"{path}: {explain(error)}") from None


def explain(error: ValidationError, prefix: str = "", joint: str = ".", upper: bool = False) -> str:
    """The first thing wrong, in one line, without the value (which may be a secret)."""
    first = error.errors(include_url=False)[0]
    where = joint.join(str(part) for part in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    place = f"{prefix}{where.upper() if upper else where}"
    return f"{place}: {_complaint(first)}{more}" if place else f"{_complaint(first)}{more}"


def _complaint(first: ErrorDetails) -> str:
    if first["input"] is None:
        return "is empty; give it a value or leave it out (a word that begins with # or @ needs quotes: '#lumo')"
    match first["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a setting that Hubbub knows"
        case "tuple_type" | "list_type":
            return "should be a list: [one, two]"
        case "string_type":
            return "should be text"
        case "value_error":
            return one_line(first["ctx"]["error"])
    return one_line(first["msg"])
