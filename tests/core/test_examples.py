"""The watch list's own examples."""

from hubbub.core.matching.examples import check_examples
from hubbub.core.matching.watchlist import Brand, Exact


def test_examples_that_hold_say_nothing():
    brand = Brand(name="Lumo", excludes=("lamp",), should_match=("my lumo",), should_not_match=("lumo lamp", "lumos"))
    assert check_examples([brand, Brand(name="Lamp", competitor=True, should_match=("lumo lamp",))]) == []


def test_a_failure_says_what_was_expected_and_found_in_one_line():
    brand = Brand(
        name="ING",
        aliases=(Exact(term="ING Bank"),),
        excludes=("crypto",),
        should_match=("ing\nbank is down", "nothing", "ING crypto"),
        should_not_match=("do the ing thing", "other"),
    )
    failures = check_examples([brand])
    assert [(failure.text, failure.expected) for failure in failures] == [
        ("nothing", True),
        ("ING crypto", True),
        ("do the ing thing", False),
    ]
    assert [str(failure) for failure in failures] == [
        "ING: should match 'nothing', but no term of the brand was found",
        "ING: should match 'ING crypto', but an exclude of the brand is in it",
        "ING: should not match 'do the ing thing', but 'ING' (alias) was found",
    ]


def test_a_match_of_another_brand_does_not_count():
    brands = [Brand(name="One", should_match=("two",)), Brand(name="Two", should_not_match=("one",))]
    assert [failure.brand for failure in check_examples(brands)] == ["One"]


def test_a_hostile_example_stays_one_short_line():
    line = str(check_examples([Brand(name="Lumo", should_match=("\x1b[31m red\r\n" + "x" * 5_000,))])[0])
    assert line.isprintable()
    assert len(line) < 200
