"""When Elasticsearch refuses or goes away a user sees one clear line and exit status 1, and the next run completes."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import assert_one_clear_line, hubbub, start, write_config, write_posts
from tests.elasticsearch_node import Node, empty, private_node

ROOT = Path(__file__).parents[2]
POSTS = 2500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path)
    write_posts(
        tmp_path / "posts.ndjson",
        [
            {"native_id": str(n), "text": f"Kolibri is late {n % 50}", "posted_at": "2026-09-01T10:00:00Z"}
            for n in range(POSTS)
        ],
    )
    return tmp_path


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with private_node(tmp_path_factory.mktemp("node")) as node:
        yield node


def count(node: Node) -> int:
    with node.client() as client:
        client.indices.refresh(index="mentions")
        return int(client.count(index="mentions")["count"])


def total(done: subprocess.CompletedProcess[str]) -> int:
    return int(json.loads(done.stdout)["mentions"]["total"])


def test_a_wrong_key(folder: Path, secured_elasticsearch: Node) -> None:
    settings = {"HUBBUB_INDEX__URL": secured_elasticsearch.url, "HUBBUB_INDEX__API_KEY": "bm90OmFrZXk="}
    done = hubbub("status", folder=folder, **settings)
    assert_one_clear_line(done, 1, "HUBBUB_INDEX__API_KEY")
    assert "bm90OmFrZXk" not in done.stderr


def key_of(node: Node, role: dict[str, Any]) -> str:
    with node.client() as client:
        return str(client.security.create_api_key(name="hubbub", role_descriptors={"hubbub": role})["encoded"])


def test_a_key_with_the_documented_role_goes_the_whole_way(folder: Path, secured_elasticsearch: Node) -> None:
    with secured_elasticsearch.client() as client:
        empty(client)
    page = (ROOT / "docs" / "elasticsearch.md").read_text(encoding="utf-8")
    documented = json.loads(page.split("```json\n")[1].split("```")[0])
    settings = {
        "HUBBUB_INDEX__URL": secured_elasticsearch.url,
        "HUBBUB_INDEX__API_KEY": key_of(secured_elasticsearch, documented),
    }
    for command in (("collect",), ("alert",), ("replay",), ("publish", "--report", "page.html"), ("status", "--json")):
        done = hubbub(*command, folder=folder, **settings)
        assert done.returncode == 0, done.stderr
    assert total(done) == POSTS


def test_a_key_that_is_too_weak(folder: Path, secured_elasticsearch: Node) -> None:
    settings = {
        "HUBBUB_INDEX__URL": secured_elasticsearch.url,
        "HUBBUB_INDEX__API_KEY": key_of(secured_elasticsearch, {"cluster": ["monitor"]}),
    }
    done = hubbub("collect", folder=folder, **settings)
    assert_one_clear_line(done, 1, "too weak", "HUBBUB_INDEX__API_KEY")
    assert settings["HUBBUB_INDEX__API_KEY"] not in done.stderr


def test_a_node_that_is_not_there(folder: Path) -> None:
    done = hubbub("collect", folder=folder, HUBBUB_INDEX__URL="http://127.0.0.1:9")
    assert_one_clear_line(done, 1, "127.0.0.1:9")


def test_a_full_disk_and_then_room_again(folder: Path, node: Node) -> None:
    settings = {"HUBBUB_INDEX__URL": node.url}
    assert hubbub("status", folder=folder, **settings).returncode == 0  # makes the templates
    with node.client() as client:
        client.indices.create(index="mentions-2026.09")
        client.indices.put_settings(index="mentions-2026.09", settings={"index.blocks.read_only_allow_delete": True})
    assert_one_clear_line(hubbub("collect", folder=folder, **settings), 1)
    with node.client() as client:
        client.indices.put_settings(index="mentions-2026.09", settings={"index.blocks.read_only_allow_delete": None})
    assert hubbub("collect", folder=folder, **settings).returncode == 0
    assert count(node) == POSTS


def test_a_node_killed_while_it_is_written_to(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with private_node(tmp_path_factory.mktemp("killed")) as node:
        settings = {"HUBBUB_INDEX__URL": node.url}
        assert hubbub("status", folder=folder, **settings).returncode == 0
        process = start("collect", folder=folder, **settings)
        with node.client() as client:
            while process.poll() is None and not client.count(index="mentions-*")["count"]:
                client.indices.refresh(index="mentions-*", ignore_unavailable=True, allow_no_indices=True)
        node.kill()
        assert process.wait(timeout=120) == 1

        node.start()
        done = hubbub("collect", folder=folder, **settings)
        assert done.returncode == 0, done.stderr
        assert count(node) == POSTS
