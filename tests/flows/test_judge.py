"""A process loads its weights once, however many sources it reads and however many threads read them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest

from hubbub.core.settings import Settings
from hubbub.flows.collect import collect
from hubbub.flows.parts import Parts
from hubbub.models import load
from tests.command import write_posts


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The graphs that onnxruntime is asked to load."""
    graphs: list[str] = []

    class Counted(onnxruntime.InferenceSession):
        def __init__(self, file, *arguments, **more):
            graphs.append(Path(file).name)
            super().__init__(file, *arguments, **more)

    monkeypatch.setattr(onnxruntime, "InferenceSession", Counted)
    load._load.cache_clear()
    yield graphs
    load._load.cache_clear()


def write_config(folder: Path, sources: int) -> Path:
    entries = [f"{{name: s{n}, collector: file, path: s{n}.ndjson, source: forum}}" for n in range(sources)]
    for n in range(sources):
        write_posts(
            folder / f"s{n}.ndjson",
            [{"native_id": f"{n}-{m}", "text": f"Kolibri {m}", "posted_at": "2026-11-01"} for m in range(20)],
        )
    config = folder / "hubbub.yaml"
    config.write_text(f"brands: [{{name: Kolibri}}]\nsources: [{', '.join(entries)}]\n")
    return config


def read(config: Path, home: Path, name: str) -> None:
    parts = Parts(Settings(home=home, config=config))
    assert collect(parts, parts.entries((name,))[0]).new == 20
    parts.index.close()


def test_threads_that_read_a_source_each_share_one_judge(tmp_path: Path, loaded: list[str]) -> None:
    config = write_config(tmp_path, 4)
    threads = [threading.Thread(target=read, args=(config, tmp_path / "home", f"s{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(loaded) == ["model.onnx", "words.onnx"]


def test_where_nothing_is_new_no_judge_is_loaded(tmp_path: Path, loaded: list[str]) -> None:
    config = write_config(tmp_path, 1)
    read(config, tmp_path / "home", "s0")
    load._load.cache_clear()
    loaded.clear()
    parts = Parts(Settings(home=tmp_path / "home", config=config))
    assert collect(parts, parts.entries()[0]).fetched == 0
    parts.index.close()
    assert loaded == []
