"""Settings: `hubbub.yaml` says what to listen for, environment variables hold addresses and secrets."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hubbub.core.alert import Mute
from hubbub.core.errors import Misconfigured
from hubbub.core.watchlist import Brand


class SourceOptions(BaseModel):
    """What every entry of `sources:` has; each collector adds its own.

    Attributes:
        name: of the entry, unique; its cursor is kept under it.
        collector: the file in `collectors/` that reads it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, pattern=r"^[\w.-]+$")
    collector: str


class SourceEntry(SourceOptions):
    """An entry of `sources:` before its collector has looked at its own options."""

    model_config = ConfigDict(frozen=True, extra="allow")


class AlertSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    mutes: tuple[Mute, ...] = ()


class Listening(BaseModel):
    """The contents of `hubbub.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brands: tuple[Brand, ...] = Field(min_length=1)
    sources: tuple[SourceEntry, ...] = ()
    alerts: AlertSettings = AlertSettings()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Listening":
        for what, names in (("brand", [b.name for b in self.brands]), ("source", [s.name for s in self.sources])):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"two entries for the {what} {sorted(twice)[0]!r}; give each a name of its own")
        return self


class IndexSettings(BaseModel):
    """Attributes:
    url: of Elasticsearch; empty means the embedded index under `home`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    api_key: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        return _http_address(url)


class SentimentSettings(BaseModel):
    """Attributes:
    model: empty means the embedded model; else a folder or a hub id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = ""


class KibanaSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    api_key: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        return _http_address(url)


class Settings(BaseSettings):
    """Environment variables: `HUBBUB_HOME`, `HUBBUB_CONFIG`, `HUBBUB_INDEX__URL`, ... Collectors and notifiers have their own."""

    model_config = SettingsConfigDict(env_prefix="HUBBUB_", env_nested_delimiter="__", frozen=True, extra="ignore")

    home: Path = Path(".hubbub")
    config: Path = Path("hubbub.yaml")
    index: IndexSettings = IndexSettings()
    sentiment: SentimentSettings = SentimentSettings()
    kibana: KibanaSettings = KibanaSettings()


def load_settings() -> Settings:
    """Reads the environment.

    Raises:
        Misconfigured: a variable is wrong; the message names it and holds no value.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured(explain(error, prefix="HUBBUB_", joint="__", upper=True)) from None


def load_listening(path: Path) -> Listening:
    """Reads and checks `hubbub.yaml`.

    Raises:
        Misconfigured: it is not there, is not YAML, or says something that Hubbub does not understand.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "copy examples/hubbub.yaml to begin with, or name another file with --config"
        raise Misconfigured(f"{path}: cannot be read ({error.strerror}); {hint}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    try:
        return Listening.model_validate(content)
    except ValidationError as error:
        raise Misconfigured(f"{path}: {explain(error)}") from None


def explain(error: ValidationError, prefix: str = "", joint: str = ".", upper: bool = False) -> str:
    """The first thing wrong, in one line, without the value (which may be a secret)."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = joint.join(str(part) for part in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{prefix}{where.upper() if upper else where}: {first['msg']}{more}"


def _http_address(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("an address starts with http:// or https://")
    return url.rstrip("/")
