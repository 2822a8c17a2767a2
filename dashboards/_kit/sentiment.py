"""The split by sentiment: asked, counted and coloured in one way on every screen."""

from collections.abc import Mapping
from typing import Any

from hubbub.core.verdict import Label
from hubbub.dashboards._kit.questions import Query

QUERIES: Mapping[str, Query] = {label.value: {"term": {"sentiment.label": label.value}} for label in Label}

SPLIT: Mapping[str, Any] = {"sentiment": {"filters": {"filters": QUERIES}}}
"""The aggregation: always three buckets in one order, whether there are such mentions or not."""

COLOURS: Mapping[str, str] = {"negative": "#c8501e", "neutral": "#a9b1ba", "positive": "#2f6fb3"}
"""Orange, grey and blue differ for every kind of colour vision, which red and green do not."""


def counts(bucket: Mapping[str, Any]) -> dict[str, int]:
    """Mentions by sentiment in a part of a reply; nought each where the question does not split."""
    split = bucket.get("sentiment", {}).get("buckets", {})
    return {label: split.get(label, {}).get("doc_count", 0) for label in QUERIES}
