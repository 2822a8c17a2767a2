"""Every wrong file and every wrong variable ends in one clear line."""

import os
import re
from pathlib import Path

import pytest

from hubbub.core.errors import Misconfigured
from hubbub.core.matching.watchlist import Exact
from hubbub.core.settings import load_listening, load_settings

SECRET = "s3cr3t-do-not-show"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("HUBBUB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def listening(tmp_path: Path):
    def load(content: str | bytes):
        path = tmp_path / "hubbub.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_listening(path)

    return load


def complaint(load, *args) -> str:
    with pytest.raises(Misconfigured) as caught:
        load(*args)
    message = str(caught.value)
    assert "\n" not in message
    assert SECRET not in message
    assert caught.value.__cause__ is None
    return message


WRONG_FILES = {
    "empty": ("", "is empty; it needs at least `brands:`"),
    "only a comment": ("# nothing yet\n", "is empty"),
    "a list": ("- brands\n", "should begin with a key"),
    "a text": ("brands", "should begin with a key"),
    "no brands": ("sources: []\n", "brands: is missing"),
    "brands without an entry": ("brands: []\n", "brands: "),
    "brands without a value": ("brands:\n", "brands: is empty"),
    "a brand without a name": ("brands:\n  - competitor: true\n", "brands.0.name: is missing"),
    "an unknown key": (f"brands: [{{name: Lumo}}]\napi_key: {SECRET}\n", "api_key: is not a setting"),
    "an unknown key of a brand": (f"brands: [{{name: Lumo, pass: {SECRET}}}]", "brands.0.pass: is not a setting"),
    "tabs": ("brands:\n\t- name: Lumo\n", "line 2, column 1: .*tabs"),
    "a bare handle": ("brands:\n  - {name: Lumo, handles: [@lumo]}\n", "line 2, column 28: .*quotes: '@lumo'"),
    "a bare hashtag in brackets": ("brands:\n  - {name: Lumo, hashtags: [#lumo]}\n", "hashtag without quotes"),
    "a bare hashtag in a list": (
        "brands:\n  - name: Lumo\n    hashtags:\n      - #lumo\n",
        "brands.0.hashtags.0: is empty.*quotes: '#lumo'",
    ),
    "no time of day": (
        "brands: [{name: Lumo}]\nservice_levels: [{hours: {opens: 9am, closes: '18:00'}}]",
        "service_levels.0.hours.opens: '9am' is no time of day",
    ),
    "a day that ends before it begins": (
        "brands: [{name: Lumo}]\nservice_levels: [{hours: {opens: '18:00', closes: '09:00'}}]",
        "service_levels.0.hours: opens should be before closes",
    ),
    "a weekday that is none": (
        "brands: [{name: Lumo}]\nservice_levels: [{hours: {days: [Montag], opens: '9:00', closes: '18:00'}}]",
        "service_levels.0.hours.days.0: .*'mon'",
    ),
    "weights that make more than 1": (
        "brands: [{name: Lumo}]\nurgency: {severity: 0.5, leaving: 0.4}",
        "urgency: the weights should make 1 at most; they make 1.45",
    ),
    "a weight that nobody knows": ("brands: [{name: Lumo}]\nurgency: {anger: 0.5}", "urgency.anger: is not a setting"),
    "a route to nobody": ("brands: [{name: Lumo}]\nrouting: [{brand: Lumo}]", "routing.0.team: is missing"),
    "a route of a brand that is none of ours": (
        "brands: [{name: Lumo}, {name: Rival, competitor: true}]\nrouting: [{brand: Rival, team: a}]",
        "routing: no brand of ours is named 'Rival'; there are: Lumo",
    ),
    "a route of no language": (
        "brands: [{name: Lumo}]\nrouting: [{language: Thai, team: a}]",
        "routing.0.language: ",
    ),
    "a route of a severity that nobody knows": (
        "brands: [{name: Lumo}]\nrouting: [{severity: worst, team: a}]",
        "routing.0.severity: .*'high'",
    ),
    "no minutes": ("brands: [{name: Lumo}]\nservice_levels: [{minutes: 0}]", "service_levels.0.minutes: "),
    "a warning after the breach": (
        "brands: [{name: Lumo}]\nservice_levels: [{minutes: 30, warning_minutes: 30}]",
        "warning_minutes should be less than minutes",
    ),
    "a level of nobody": (
        "brands: [{name: Lumo}]\nservice_levels: [{brand: Lomo}]",
        "service_levels: no brand of ours is named 'Lomo'; there are: Lumo",
    ),
    "an account of two words": (
        "brands: [{name: Lumo, accounts: {reddit: [Lumo Care]}}]",
        "brands.0.accounts: a handle is one word",
    ),
    "an empty alias": ("brands:\n  - name: Lumo\n    aliases:\n      -\n", "brands.0.aliases.0: is empty"),
    "one handle, no list": ("brands:\n  - {name: Lumo, handles: lumo}\n", r"brands.0.handles: should be a list"),
    "an alias that is a list": ("brands: [{name: Lumo, aliases: [[a]]}]", r"brands.0.aliases.0: should be a word"),
    "an unknown key of a term": ("brands: [{name: Lumo, aliases: [{term: a, exakt: 1}]}]", r"exakt: is not a setting"),
    "a number for a switch": ("brands: [{name: Lumo, competitor: 7}]", "brands.0.competitor: "),
    "a handle of two words": ("brands: [{name: Lumo, handles: [lumo bank]}]", "a handle is one word"),
    "a hashtag without a name": ("brands: [{name: Lumo, hashtags: ['#']}]", "a hashtag is one word"),
    "a term without letters": ("brands: [{name: Lumo, aliases: ['!!']}]", "has neither letter nor digit"),
    "an exclude without letters": ("brands: [{name: Lumo, excludes: ['-']}]", "has neither letter nor digit"),
    "two brands of one name": ("brands: [{name: Lumo}, {name: LUMO}]", "two entries for the brand 'LUMO'"),
    "two sources of one name": (
        "brands: [{name: Lumo}]\nsources: [{name: a, collector: x}, {name: a, collector: rss}]",
        "two entries for the source 'a'",
    ),
    "a key twice": ("brands: [{name: Lumo}]\nbrands: [{name: Nemo}]", "line 2, column 1: 'brands' is there twice"),
    "an alias of YAML": ("brands: &b [{name: Lumo}]\nsources: *b", "line 2, column 10: aliases"),
    "a bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", "line 2, column 8: aliases"),
    "an open bracket": ("brands: [{name: Lumo}", "is a bracket open"),
    "a colon in a text": ("brands: [{name: Lumo}]\nsources: a: b", "line 2, column 11: .*quotes"),
    "nested without end": ("[" * 100_000, "nested too deeply"),
    "a Python object": ("brands: !!python/object/apply:os.getcwd []", "line 1, column 9: "),
    "not UTF-8": (b"brands: [{name: Caf\xe9}]", "line 1: not UTF-8"),
    "UTF-16": ("brands: [{name: Lumo}]".encode("utf-16"), "not UTF-8"),
    "a NUL": (b"brands: [{name: Lu\0mo}]", "control characters"),
    "a wrong type tag": ("brands: !!int Lumo", "!!type"),
    "a huge file": (b"#" * 1_000_001, "larger than 1 MB"),
    "a mute without a time zone": (
        "brands: [{name: Lumo}]\nalerts: {mutes: [{until: 2026-11-22T10:00:00}]}",
        "alerts.mutes.0.until: Input should have timezone info",
    ),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_gives_one_clear_line(case, listening):
    content, expected = WRONG_FILES[case]
    message = complaint(listening, content)
    assert "hubbub.yaml: " in message
    assert re.search(expected, message), message


def test_a_file_that_is_not_there_says_where_to_begin(tmp_path):
    assert "No such file" in complaint(load_listening, tmp_path / "none.yaml")
    assert "--config" in complaint(load_listening, tmp_path / "none.yaml")
    assert "Is a directory" in complaint(load_listening, tmp_path)


def test_words_stay_words(listening):
    brand = listening(
        "brands:\n  - name: 365\n    competitor: yes\n"
        "    aliases: [No, On, 1e3, 0123, 2026-11-22, {term: ING, exact: true}]\n"
    ).brands[0]
    assert brand.name == "365"
    assert brand.competitor is True
    assert brand.aliases == ("No", "On", "1e3", "0123", "2026-11-22", Exact(term="ING"))


def test_numbers_and_times_are_read_where_a_setting_wants_them(listening):
    loaded = listening("brands: [{name: Lumo}]\nalerts: {mutes: [{brand: Lumo, until: 2026-11-22T10:00:00+07:00}]}")
    assert loaded.alerts.mutes[0].until.isoformat() == "2026-11-22T03:00:00+00:00"


def test_a_byte_order_mark_and_every_language_are_read(listening):
    assert listening("\ufeffbrands: [{name: Cà Phê Sáng, aliases: [กาแฟเช้า]}]").brands[0].aliases == ("กาแฟเช้า",)


def test_handles_and_hashtags_are_kept_with_their_signs(listening):
    brand = listening("brands: [{name: L, handles: [a, '@b', u/c, /u/d], hashtags: [e, '#f']}]").brands[0]
    assert brand.handles == ("@a", "@b", "@c", "@d")
    assert brand.hashtags == ("#e", "#f")


def test_without_variables_everything_is_embedded():
    settings = load_settings()
    assert settings.home == Path(".hubbub")
    assert settings.config == Path("hubbub.yaml")
    assert (settings.index.url, settings.index.api_key, settings.sentiment.model, settings.kibana.url) == (
        "",
        None,
        "",
        "",
    )


def test_every_variable_arrives(monkeypatch):
    for name, value in {
        "HUBBUB_HOME": "~/hub",
        "HUBBUB_CONFIG": "/etc/hubbub.yaml",
        "HUBBUB_INDEX__URL": "https://search.example:9200/",
        "HUBBUB_INDEX__API_KEY": f"{SECRET}\n",
        "HUBBUB_SENTIMENT__MODEL": "fast",
        "HUBBUB_KIBANA__URL": "http://127.0.0.1:5601",
        "HUBBUB_KIBANA__API_KEY": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.home == Path.home() / "hub"
    assert settings.config == Path("/etc/hubbub.yaml")
    assert settings.index.url == "https://search.example:9200"
    assert settings.index.api_key is not None
    assert settings.index.api_key.get_secret_value() == SECRET
    assert settings.sentiment.model == "fast"
    assert settings.kibana.url == "http://127.0.0.1:5601"
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


def test_variables_of_other_parts_and_empty_ones_do_not_disturb(monkeypatch):
    for name, value in {
        "HUBBUB_X__BEARER_TOKEN": SECRET,
        "HUBBUB_TEST_ELASTICSEARCH_URL": "http://127.0.0.1:1",
        "HUBBUB_TEST_ELASTICSEARCH_RUN": "/some/where",
        "HUBBUB_SLACK__CHANNEL": "#care",
        "HUBBUB_HOME": "",
        "HUBBUB_INDEX__URL": "",
        "HUBBUB_INDEX__API_KEY": "",
    }.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.home == Path(".hubbub")
    assert settings.index.url == ""
    assert settings.index.api_key is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBBUB_INDEX__URL", f"search.example/{SECRET}"),
        ("HUBBUB_INDEX__URL", f"ftp://user:{SECRET}@search.example"),
        ("HUBBUB_INDEX__URL", f"http://user:{SECRET}/@search.example:x"),
        ("HUBBUB_INDEX__URL", f"https://{SECRET} search"),
        ("HUBBUB_INDEX__URL", "http://"),
        ("HUBBUB_INDEX__URL", f"http://[{SECRET}"),
        ("HUBBUB_KIBANA__URL", SECRET),
        ("HUBBUB_INDEX__APIKEY", SECRET),
        ("HUBBUB_INDEX", SECRET),
        ("HUBBUB_INDEX", f'["{SECRET}"]'),
    ],
)
def test_a_wrong_variable_is_named_without_its_value(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    assert name in complaint(load_settings)


def test_service_levels_and_accounts_are_understood(listening):
    found = listening(
        "brands:\n- name: Lumo\n  accounts: {reddit: [u/LumoCare]}\n  automatic_replies: [we got it]\n"
        "service_levels:\n"
        "- {brand: Lumo, platform: x, severity: high, minutes: 10, warning_minutes: 5}\n"
        "- minutes: 60\n"
        "  hours: {days: [mon, sat], opens: '9:00', closes: '24:00', timezone: UTC, holidays: [2026-12-31]}\n"
    )
    assert found.brands[0].accounts == {"reddit": ("@LumoCare",)}
    first, second = found.service_levels
    assert (first.minutes, first.warning, first.hours) == (10, 5, None)
    assert second.hours
    assert (second.warning, second.hours.opens, second.hours.closes) == (20, 540, 1440)
    assert second.hours.holidays[0].isoformat() == "2026-12-31"
