"""What every collector of a source behind a network promises besides the contract of all."""

import json
import logging
import socket
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable
from hubbub.core.ports import Collector
from tests.collectors.contract import QUERY, CollectorContract, Store, check_normalise, numbered
from tests.collectors.hostile import MANY, spoilt
from tests.fakes.server import Answer, LocalServer


class OnlineContract(CollectorContract):
    """What a collector of a source behind a network promises besides.

    Attributes:
        fake: a `LocalServer`.
    """

    fake: ClassVar[type[LocalServer]]

    def test_opening_asks_nothing_and_logs_hold_no_secret(
        self, other: LocalServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        collector = self.open()
        assert other.requests == []
        with caplog.at_level(logging.DEBUG):
            list(collector.fetch(QUERY, None))
        assert other.requests and other.secrets()
        assert not any(secret in caplog.text for secret in other.secrets())

    def test_a_missing_variable_is_named(self, other: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in other.keys:
            for value in (None, ""):
                with monkeypatch.context() as patch:
                    patch.delenv(name) if value is None else patch.setenv(name, value)
                    with pytest.raises(Misconfigured, match=f"^{name} is not set"):
                        self.open()

    def test_a_key_that_no_header_takes_is_named(self, other: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in (key for key in other.keys if not key.endswith("_ID")):
            with monkeypatch.context() as patch:
                patch.setenv(name, "key\u2019s")
                with pytest.raises(Misconfigured, match=f"^{name}: .*copy it again"):
                    self.open()

    def test_no_other_host_learns_anything_by_a_redirect(self, other: LocalServer) -> None:
        with type(other)() as elsewhere:
            other.faults.append(Answer(302, headers={"Location": f"{elsewhere.url}/stolen"}))
            with pytest.raises(HubbubError):
                list(self.open().fetch(QUERY, None))
            assert other.requests
            assert elsewhere.requests == []

    @pytest.mark.parametrize(
        ("answer", "kind", "wait", "says"),
        [
            (Answer(429, headers={"Retry-After": "7"}), Retryable, 7, "no quota"),
            (Answer(429, headers={"Retry-After": "Sun, 22 Nov 2026 12:01:30 GMT"}), Retryable, 90, "no quota"),
            (Answer(429, headers={"Retry-After": "soon"}), Retryable, None, "no quota"),
            (Answer(429), Retryable, None, "no quota"),
            (Answer(401), Fatal, None, "does not know our key|does not accept our key"),
            (Answer(402), Fatal, None, "credits"),
            (Answer(200, b'{"data": ['), Retryable, None, "cannot be read"),
            (Answer(200, b"<html>"), Retryable, None, "cannot be read"),
            (Answer(200, b"x" * 100, cut=50), Retryable, None, "cannot be reached"),
            (Answer(200, []), Retryable, None, "is not a"),
            (Answer(200, "a text"), Retryable, None, "is not a"),
        ],
    )
    def test_each_failure_says_how_to_recover(
        self,
        other: LocalServer,
        answer: Answer,
        kind: type[HubbubError],
        wait: float | None,
        says: str,
    ) -> None:
        other.add(numbered(3))
        other.faults.append(answer)
        with pytest.raises(kind, match=says) as raised:
            list(self.open().fetch(QUERY, None))
        assert type(raised.value) is not Misconfigured
        assert getattr(raised.value, "retry_after", None) == wait
        check_line(raised.value, other)
        if answer.status == 401:
            assert all(name in str(raised.value) for name in other.keys)

    def test_one_bad_moment_of_the_server_is_no_failure(self, other: LocalServer) -> None:
        other.add(["Acme 1"])
        other.faults.append(Answer(503))
        store = Store()
        assert store.fetch(self.open()) == 1

    def test_a_server_that_stays_in_trouble_can_be_tried_later(self, other: LocalServer) -> None:
        other.faults += [Answer(502)] * 3
        with pytest.raises(Retryable, match="in trouble"):
            list(self.open().fetch(QUERY, None))

    def test_nobody_at_the_address_can_be_tried_later(
        self, other: LocalServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            for name, value in other.environment().items():
                elsewhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
                monkeypatch.setenv(name, value.replace(other.url, elsewhere))
            with pytest.raises(Retryable, match="cannot be reached"):
                list(self.open().fetch(QUERY, None))

    @pytest.mark.parametrize("good", [1, 2])
    def test_a_quota_that_ends_in_the_middle_loses_nothing(self, other: LocalServer, good: int) -> None:
        other.add(numbered(other.many))
        other.faults += [None] * good + [Answer(429, headers={"Retry-After": "7"})]
        store = Store()
        with pytest.raises(Retryable, match="asks to wait 7 s"):
            store.fetch(self.open())
        assert 0 < len(store.mentions) < other.many
        store.fetch(self.open())
        assert store.texts() == set(numbered(other.many))

    def test_a_repeated_page_is_refused(self, other: LocalServer) -> None:
        other.add(numbered(other.many))
        other.faults += [first_answer(self.open(), other)] * 2
        with pytest.raises(Retryable, match="leads back to a page that was read already"):
            list(self.open().fetch(QUERY, None))

    @MANY
    @given(data=st.data())
    def test_a_hostile_answer_gives_pages_or_one_of_our_errors(self, other: LocalServer, data: st.DataObject) -> None:
        if not other.answers:
            other.add(numbered(3))
            list(self.open().fetch(QUERY, None))
        other.faults.clear()
        other.faults.append(Answer(body=spoilt(data.draw, other.answers[0].body)))
        collector = self.open()
        try:
            for page in collector.fetch(QUERY, None):
                for raw in page.records:
                    check_normalise(collector, raw)
                json.dumps([letter.model_dump(mode="json") for letter in page.dead], allow_nan=False).encode()
        except (Retryable, Fatal):
            pass

    @MANY
    @given(data=st.data())
    def test_a_hostile_answer_to_a_probe_is_a_line_or_one_of_our_errors(
        self, other: LocalServer, data: st.DataObject
    ) -> None:
        if not other.answers:
            other.add(numbered(3))
            self.open().probe()
        other.faults.append(Answer(body=spoilt(data.draw, other.answers[0].body)))
        try:
            assert "\n" not in self.open().probe()
        except (Retryable, Fatal) as error:
            check_line(error, other)
        finally:
            other.faults.clear()

    def test_a_probe_asks_once(self, other: LocalServer) -> None:
        other.add(numbered(3))
        self.open().probe()
        assert len(other.answers) == 1

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [(Answer(401), Fatal), (Answer(403), Fatal), (Answer(429), Retryable), (Answer(body=b"<html>"), Retryable)],
    )
    def test_a_probe_that_is_refused_raises_as_fetching_does(
        self, other: LocalServer, answer: Answer, kind: type[HubbubError]
    ) -> None:
        other.faults.append(answer)
        with pytest.raises(kind) as raised:
            self.open().probe()
        check_line(raised.value, other)


def first_answer(collector: Collector, other: LocalServer) -> Answer:
    """The true answer to what a fetch asks first."""
    list(collector.fetch(QUERY, None))
    return other.answers[0]


def check_line(error: HubbubError, other: LocalServer) -> None:
    assert "\n" not in str(error)
    assert not any(secret in str(error) for secret in other.secrets())
