"""Two runs of one source: one after the other where that is cheap, and harmless where they meet."""

import threading
from datetime import timedelta
from pathlib import Path

from hubbub.core.ports import Page
from hubbub.core.records import RecordKind
from hubbub.core.settings import Settings
from hubbub.flows.collect import collect
from hubbub.flows.turn import LONGEST, Turn, turn
from tests.command import write_config
from tests.flows.conftest import NOW, PartsOf, Source, page, posts


def test_a_turn_is_had_by_one_until_it_is_given_back(parts: PartsOf) -> None:
    state = parts.index.state
    with turn(state, "posts", parts.clock) as first, turn(state, "posts", parts.clock) as second:
        assert first is not None
        assert second is None
        with turn(state, "reviews", parts.clock) as other:
            assert other is not None
    with turn(state, "posts", parts.clock) as third:
        assert third is not None


def test_the_turn_of_a_run_that_was_killed_passes_on(parts: PartsOf) -> None:
    killed, later = (Turn(parts.index.state, "posts", parts.clock) for _ in range(2))
    assert killed.take()
    parts.now += LONGEST - timedelta(seconds=1)
    assert not later.take()
    killed.renew()
    parts.now += timedelta(minutes=1)
    assert not later.take()
    parts.now += LONGEST
    assert later.take()
    killed.renew()
    killed.give_back()
    assert not Turn(parts.index.state, "posts", parts.clock).take()


def test_of_many_that_ask_at_once_one_has_the_turn(parts: PartsOf) -> None:
    for round_ in range(20):
        if round_ % 2:  # a turn that is over is taken by one as well
            parts.now += 2 * LONGEST
        else:
            parts.index.state.delete(RecordKind.turn, "posts")
        barrier = threading.Barrier(4)
        had: list[bool] = []

        def ask(barrier: threading.Barrier = barrier, had: list[bool] = had) -> None:
            mine = Turn(parts.index.state, "posts", parts.clock)
            barrier.wait()
            had.append(mine.take())

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(had) == [False, False, False, True]


class InStep(Source):
    """Waits before every page until the other run is there too."""

    def __init__(self, barrier: threading.Barrier, pages: list[Page]) -> None:
        super().__init__()
        self.barrier = barrier
        self.pages = pages

    def fetch(self, *asked, **more):
        for found in super().fetch(*asked, **more):
            self.barrier.wait(timeout=30)
            yield found


def test_two_runs_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    barrier = threading.Barrier(2)
    pages = [page(*posts(20 * n, 20 * n + 25), {"id": f"gone{n}", "gone": True}, at=n + 1) for n in range(8)]
    settings = Settings(home=tmp_path / "home", config=write_config(tmp_path))
    both = [PartsOf(settings, InStep(barrier, pages)) for _ in range(2)]
    for parts in both:
        assert parts.index
    threads = [threading.Thread(target=collect, args=(parts, parts.entry)) for parts in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    index = both[0].index
    found = index.search({"size": 1000, "_source": False})["hits"]["hits"]
    assert {hit["_id"] for hit in found} == {f"forum:{n}" for n in range(165)}
    assert len(found) == 165
    cursor = index.state.get(RecordKind.cursor, "posts")
    assert cursor is not None and cursor.body == {"page": 8}
    assert both[0].now == NOW
    for parts in both:
        parts.index.close()
