"""What every rule says, whatever its kind."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.alert import Severity


class AnyRule(BaseModel):
    """A file of `rules/`, or of the user's own folder; each kind adds its numbers.

    Attributes:
        name: also the name of its file.
        kind: the file in `kinds/` that understands it.
        severity: of what it finds.
        filter: a search query; what does not answer it is not counted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: str
    severity: Severity = Severity.warning
    filter: dict[str, Any] | None = None

    def narrowed(self, query: dict[str, Any]) -> dict[str, Any]:
        """The query, within the rule's filter."""
        return query if self.filter is None else {"bool": {"filter": [query, self.filter]}}
