"""The JSON schema of `hubbub.yaml`, composed of what core and each collector declare."""

from typing import Any

from pydantic import TypeAdapter

from hubbub.core.settings import Listening
from hubbub.flows.parts import options_by_collector


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12; an entry of `sources:` is checked by what its collector declares."""
    whole = Listening.model_json_schema()
    kinds = []
    for name, options in options_by_collector().items():
        own = TypeAdapter(options).json_schema(ref_template=f"#/$defs/{name}_{{model}}")
        for inner, definition in own.pop("$defs", {}).items():
            whole["$defs"][f"{name}_{inner}"] = definition
        own["properties"]["collector"] = {"const": name}
        kinds.append(own)
    whole["$defs"]["SourceEntry"] = {"oneOf": kinds}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "hubbub.yaml"}
