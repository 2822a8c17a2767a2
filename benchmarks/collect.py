"""What collecting costs without the model: posts of a file into the embedded index, read at no cost.

python benchmarks/collect.py [POSTS]      # 20,000 by default
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from hubbub.core.insight import Insight
from hubbub.core.mention import Mention
from hubbub.core.ports import Reader
from hubbub.core.settings import Settings
from hubbub.core.verdict import Label, Verdict
from hubbub.flows.collect import collect
from hubbub.flows.parts import Parts

SAID = "my parcel came late again and nobody at the desk answers; thank you for the quick help today"
SETTINGS = """
brands: [{name: Kolibri, handles: ['@kolibri'], products: [{name: Express}]}, {name: Mekarra, competitor: true}]
sources: [{name: posts, collector: file, path: posts.ndjson, source: forum}]
"""


class Indifferent:
    """A reader that answers the same at once."""

    verdict = Verdict(label=Label.neutral, confidence=0.9, score=0, uncertain=False, model="none")
    insight = Insight(language="en", verdict=verdict)

    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        return [self.insight] * len(mentions)


class CheapParts(Parts):
    @cached_property
    def reader(self) -> Reader:
        return Indifferent()


def main(posts: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_posts(folder / "posts.ndjson", posts)
        (folder / "hubbub.yaml").write_text(SETTINGS, encoding="utf-8")
        parts = CheapParts(Settings(home=folder / "home", config=folder / "hubbub.yaml"))
        entry = parts.entries()[0]
        _ = parts.index
        began, used = time.perf_counter(), time.process_time()
        run = collect(parts, entry)
        seconds, processor = time.perf_counter() - began, time.process_time() - used
        parts.index.close()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{run.fetched:,} posts, {run.new:,} kept: {1000 * seconds / posts:.2f} ms a post "
        f"({1000 * processor / posts:.2f} ms of a processor), {most:.0f} MB"
    )


def write_posts(path: Path, posts: int) -> None:
    chance = random.Random(10)
    words = SAID.split()
    newest = datetime(2026, 11, 20, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        for n in range(posts):
            about = chance.choice(["Kolibri", "@kolibri", "Kolibri Express", "Mekarra", "the weather"])
            post = {
                "native_id": str(n),
                "text": f"{about} {' '.join(chance.choices(words, k=25))}",
                "posted_at": (newest - timedelta(seconds=chance.randrange(90 * 86_400))).isoformat(),
                "author_id": f"u{chance.randrange(5_000)}",
                "author_name": f"somebody{chance.randrange(5_000)}",
                "likes": chance.randrange(50),
            }
            file.write(json.dumps(post) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
