"""Whose posts are counted wherever nothing else is said."""

from typing import Any

CUSTOMERS: dict[str, Any] = {
    "bool": {"filter": [{"exists": {"field": "brand"}}], "must_not": [{"term": {"user.is_brand": True}}]},
}
"""Posts about the watched brands by anyone but the brands themselves, as a query of an index."""
