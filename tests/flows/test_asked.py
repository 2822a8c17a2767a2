"""What the index holds of what was read: signals, and who wants an answer."""

from pathlib import Path

from hubbub.core.settings import Settings
from hubbub.flows.collect import collect
from hubbub.flows.parts import Parts
from tests.command import write_posts

QUESTION = "@kolibri can you tell me when the shop opens?"
POSTS = [
    {"native_id": "1", "text": QUESTION, "author_name": "ann"},
    {"native_id": "2", "text": QUESTION, "author_name": "Kolibri"},
    {"native_id": "3", "text": QUESTION, "author_name": "pr", "is_brand": True},
    {"native_id": "4", "text": QUESTION, "author_name": "paper", "kind": "article"},
    {"native_id": "5", "text": "thank you so much kolibri, all sorted now", "author_name": "bob"},
    {"native_id": "6", "text": "my kolibri kettle caught fire, I was charged twice", "author_name": "cyn"},
]


def test_a_customers_question_wants_an_answer_and_a_brands_does_not(tmp_path: Path) -> None:
    write_posts(tmp_path / "posts.ndjson", [{"posted_at": "2026-11-01", **post} for post in POSTS])
    config = tmp_path / "hubbub.yaml"
    config.write_text(
        "brands: [{name: Kolibri, handles: ['@kolibri']}]\n"
        "sources: [{name: posts, collector: file, path: posts.ndjson, source: forum}]\n"
    )
    parts = Parts(Settings(home=tmp_path / "home", config=config))
    assert collect(parts, parts.entries()[0]).new == len(POSTS)
    hits = parts.index.search({"size": 10, "query": {"match_all": {}}})["hits"]["hits"]
    found = {hit["_id"].removeprefix("forum:"): hit["_source"] for hit in hits}
    assert [name for name in sorted(found) if found[name]["needs_reply"]] == ["1", "6"]
    assert [name for name in sorted(found) if found[name].get("conversation", {}).get("open")] == ["1", "6"]
    assert set(found["6"]["signals"]) == {"money_taken", "safety"}
    assert found["6"]["urgency"] >= 0.35
    assert "urgency" not in found["2"]
    severe = {"bool": {"filter": [{"term": {"signals": "safety"}}, {"term": {"needs_reply": True}}]}}
    assert [hit["_id"] for hit in parts.index.search({"query": severe})["hits"]["hits"]] == ["forum:6"]
    parts.index.close()
