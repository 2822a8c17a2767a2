"""Labelled posts: JSON lines with `text`, `label` and `lang`, plain or gzipped, in files or folders of them."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label


class Labelled(NamedTuple):
    """A post that people judged; `dataset` is the name of its file, without what follows the first point."""

    text: str
    label: Label
    language: str
    dataset: str = ""


def load_labelled(paths: Iterable[Path]) -> list[Labelled]:
    """Reads every file, and every `*.jsonl` and `*.jsonl.gz` of every folder, in the order of their names.

    Raises:
        Misconfigured: nothing is there, or a line is not a labelled post; the message names file and line.
    """
    posts = [post for path in paths for file in labelled_files(path) for post in posts_in(file)]
    if not posts:
        raise Misconfigured("no labelled posts found; give JSON lines with text, label and lang")
    return posts


def labelled_files(path: Path) -> list[Path]:
    """The file itself, or the files of a folder that hold labelled posts, by name.

    Raises:
        Misconfigured: there is neither.
    """
    if path.is_dir():
        return sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")])
    if not path.is_file():
        raise Misconfigured(f"{path}: no such file or folder")
    return [path]


def posts_in(file: Path) -> Iterator[Labelled]:
    """The posts of one file, plain or gzipped.

    Raises:
        Misconfigured: it cannot be read, or a line is not a labelled post.
    """
    packed = file.suffix == ".gz"
    try:
        with gzip.open(file, "rt", encoding="utf-8") if packed else file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _post(line, f"{file}:{number}", file.name.split(".")[0])
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise Misconfigured(f"{file}: cannot be read ({error})") from None


def _post(line: str, where: str, dataset: str) -> Labelled:
    try:
        post = json.loads(line)
        return Labelled(str(post["text"]), Label(post["label"]), str(post.get("lang", "und")), dataset)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(f"{where}: not a labelled post ({error}); each has text and label") from None
