"""What is known of the data, and that it is told."""

import re
from collections import Counter
from pathlib import Path

from hubbub.models.load import WEIGHTS
from hubbub.models.training.datasets import DATASETS, UNKNOWN, dataset
from hubbub.models.training.labelled import load_labelled
from hubbub.models.training.recipe import MIXTURE

CARE = Path(__file__).parents[2] / "models/training/care"
NOTICE = Path(__file__).parents[2] / "NOTICE"


def test_notice_names_every_dataset_that_the_shipped_weights_come_from():
    used = set(
        re.findall(r"^\| (?:train|val)/(\w+)", (WEIGHTS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert len(used) > 10
    told = " ".join(NOTICE.read_text(encoding="utf-8").split())
    assert [name for name in sorted(used) if dataset(name).title not in told] == []


def test_the_mixture_names_only_what_is_known_and_may_be_learned():
    assert [name for name in MIXTURE if not dataset(name).learned or name not in DATASETS] == []


def test_the_care_posts_are_balanced_and_none_is_both_learned_and_measured():
    train, val = (load_labelled([CARE / part]) for part in ("train", "val"))
    assert not {post.text for post in train} & {post.text for post in val}
    for language in ("en", "th", "vi"):
        labels = Counter(post.label for post in (*train, *val) if post.dataset == f"care_{language}")
        assert sum(labels.values()) > 500
        assert min(labels.values()) > 0.25 * sum(labels.values())


def test_what_is_not_known_has_no_open_licence():
    assert dataset("own_posts") is UNKNOWN
    assert not UNKNOWN.open
