"""Times as exports write them: in a zone that nobody names, in another order, as Excel's numbers, in another era."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubbub.collectors._kit.times import DateFormat, Times, from_excel
from hubbub.core.errors import Skippable

BANGKOK = ZoneInfo("Asia/Bangkok")
NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(1974, 1, 2), datetime(2099, 12, 30))
ZONES = st.sampled_from(["UTC", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
PATTERNS: dict[DateFormat, str] = {
    "dd/mm/yyyy": "{0.day:02}{1}{0.month:02}{1}{2}",
    "mm/dd/yyyy": "{0.month}{1}{0.day}{1}{2}",
    "yyyy-mm-dd": "{2}{1}{0.month:02}{1}{0.day:02}",
}
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@settings(max_examples=300)
@given(
    local=MOMENTS,
    zone=ZONES,
    order=st.sampled_from(sorted(PATTERNS)),
    sign=st.sampled_from("/-."),
    ahead=st.sampled_from([0, 543]),
    clock=st.sampled_from([" %H:%M:%S", "T%H:%M:%S", ", %H:%M:%S", " %I:%M:%S %p", " %H.%M.%S", " %H.%M.%S น."]),
    thai=st.booleans(),
)
@example(  # the clocks went forward over it: Python holds it equal to no time of another zone
    local=datetime(2049, 3, 14, 2),
    zone=ZoneInfo("America/New_York"),
    order="dd/mm/yyyy",
    sign="/",
    ahead=0,
    clock=" %H:%M:%S",
    thai=False,
)
def test_a_time_written_in_any_format_comes_back(
    local: datetime, zone: ZoneInfo, order: DateFormat, sign: str, ahead: int, clock: str, thai: bool
) -> None:
    local = local.replace(microsecond=0)
    written = PATTERNS[order].format(local, sign, local.year + ahead) + local.strftime(clock)
    written = written.translate(THAI_DIGITS) if thai else written
    assert Times(zone, order).moment(written) == local.replace(tzinfo=zone).astimezone(UTC)
    day = PATTERNS[order].format(local, sign, local.year + ahead)
    midnight = local.replace(hour=0, minute=0, second=0, tzinfo=zone).astimezone(UTC)
    assert Times(zone, order).moment(f" {day} ") == midnight


@settings(max_examples=300)
@given(local=MOMENTS, zone=ZONES, as_text=st.sampled_from([float, str, lambda serial: str(serial).replace(".", ",")]))
def test_a_serial_number_of_excel_comes_back(local: datetime, zone: ZoneInfo, as_text: Any) -> None:
    local = local.replace(microsecond=local.microsecond // 1000 * 1000)
    serial = (local - datetime(1899, 12, 30)) / timedelta(days=1)
    assert Times(zone, "excel").moment(as_text(serial)) == local.replace(tzinfo=zone).astimezone(UTC)


def test_excel_counts_a_day_that_never_was() -> None:
    """Number 61 is 1 March 1900 (https://learn.microsoft.com/office/troubleshoot/excel/wrongly-assumes-1900-is-leap-year)."""
    assert from_excel(61) == datetime(1900, 3, 1)
    assert from_excel(25569) == datetime(1970, 1, 1)
    assert from_excel(46350.5) == datetime(2026, 11, 24, 12)
    for early in (1, 59, 60, 0, -1, float("nan"), float("inf"), None):
        with pytest.raises((ValueError, OverflowError)):
            from_excel(early)


@settings(max_examples=200)
@given(local=MOMENTS, zone=ZONES, buddhist=st.booleans())
def test_iso_is_read_in_the_source_s_zone_unless_it_names_one(local: datetime, zone: ZoneInfo, buddhist: bool) -> None:
    def written(moment: datetime) -> str:
        said = moment.isoformat()
        return f"{moment.year + 543}{said[4:]}" if buddhist else said

    assert Times(zone).moment(written(local)) == local.replace(tzinfo=zone).astimezone(UTC)
    assert Times(NEW_YORK).moment(written(local.replace(tzinfo=BANGKOK))) == local.replace(tzinfo=BANGKOK)
    assert Times(zone).moment(f"{local:%Y-%m-%dT%H:%M:%S}Z") == local.replace(microsecond=0, tzinfo=UTC)


def test_the_29th_of_february_is_of_our_year() -> None:
    assert Times(UTC, "dd/mm/yyyy").moment("29/02/2567") == datetime(2024, 2, 29, tzinfo=UTC)
    assert Times().moment("2567-02-29") == datetime(2024, 2, 29, tzinfo=UTC)
    with pytest.raises(Skippable):
        Times(UTC, "dd/mm/yyyy").moment("29/02/2568")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-08T02:30:00", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # the clocks went from 2 to 3
        ("2026-11-01T01:30:00", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # and from 2 back to 1
    ],
)
def test_a_time_that_the_clocks_skipped_or_repeated_is_one_moment(said: str, meant: datetime) -> None:
    assert Times(NEW_YORK).moment(said) == meant


@pytest.mark.parametrize(
    ("date_format", "said", "reason"),
    [
        (None, "24/11/2026", "say `date_format: dd/mm/yyyy` or mm/dd/yyyy"),
        (None, "03.04.2026 10:00", "say `date_format: dd/mm/yyyy` or mm/dd/yyyy"),
        (None, "24/11/69", "say `date_format"),
        (None, "46350.5", "say `date_format: excel`"),
        (None, 46350.5, "say `date_format: excel`"),
        (None, 2026, "say `date_format: excel`"),
        (None, "yesterday", "no time that can be read"),
        (None, True, "no time that can be read"),
        (None, ["2026-11-24"], "no time that can be read"),
        (None, None, "has no time"),
        (None, " ", "has no time"),
        ("dd/mm/yyyy", "2026-11-24", "not dd/mm/yyyy, as `date_format` says"),
        ("dd/mm/yyyy", "11/24/2026", "not dd/mm/yyyy"),
        ("dd/mm/yyyy", "24/11-2026", "not dd/mm/yyyy"),
        ("dd/mm/yyyy", "24/11/2026 25:00", "not dd/mm/yyyy"),
        ("dd/mm/yyyy", "24/11/2026 13:00 PM", "not dd/mm/yyyy"),
        ("dd/mm/yyyy", "24/11/69", "year of two digits"),
        ("dd/mm/yyyy", 46350, "not dd/mm/yyyy"),
        ("mm/dd/yyyy", "24/11/2026", "not mm/dd/yyyy"),
        ("excel", "24/11/2026", "not excel"),
        ("excel", True, "not excel"),
        ("excel", 1e300, "not excel"),
    ],
)
def test_what_cannot_be_read_one_way_says_what_to_set(date_format: DateFormat | None, said: Any, reason: str) -> None:
    with pytest.raises(Skippable, match="has ") as raised:
        Times(BANGKOK, date_format).moment(said)
    assert reason in str(raised.value)


ANY = st.one_of(
    st.text(st.sampled_from("0123456789๒/.-: TAPMZ+,e"), max_size=24),
    st.text(max_size=12),
    st.floats(),
    st.integers(),
    st.none(),
    st.booleans(),
    st.lists(st.integers(), max_size=2),
)


@settings(max_examples=500)
@given(said=ANY, date_format=st.sampled_from([None, *PATTERNS, "excel"]), zone=ZONES)
def test_anything_is_a_time_or_skipped(said: Any, date_format: DateFormat | None, zone: ZoneInfo) -> None:
    try:
        assert Times(zone, date_format).moment(said).tzinfo is UTC
    except Skippable as error:
        assert "\n" not in str(error)
