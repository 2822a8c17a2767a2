"""Labelled posts: JSON lines with `text`, `label` and `lang`, plain or gzipped, in files or folders of them."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label


class Labelled(NamedTuple):
    text: str
    label: Label
    language: str


def read_labelled(paths: Iterable[Path]) -> list[Labelled]:
    """Reads every file, and every `*.jsonl` and `*.jsonl.gz` of every folder, in the order of their names.

    Raises:
        Misconfigured: nothing is there, or a line is not a labelled post; the message names file and line.
    """
    posts = [post for path in paths for file in _files(path) for post in _posts(file)]
    if not posts:
        raise Misconfigured("no labelled posts found; give JSON lines with text, label and lang")
    return posts


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")])
    if not path.is_file():
        raise Misconfigured(f"{path}: no such file or folder")
    return [path]


def _posts(file: Path) -> Iterator[Labelled]:
    opened = gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8")
    with opened as lines:
        for number, line in enumerate(lines, 1):
            try:
                post = json.loads(line)
                yield Labelled(str(post["text"]), Label(post["label"]), str(post.get("lang", "und")))
            except (ValueError, KeyError, TypeError) as error:
                raise Misconfigured(f"{file}:{number}: not a labelled post ({error}); each needs text and label") from None
            except (OSError, EOFError) as error:
                raise Misconfigured(f"{file}: cannot be read ({error})") from None
