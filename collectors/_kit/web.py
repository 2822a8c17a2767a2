"""The one way to every API: a session for the vendors' clients that decides what each failure means for the run."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from hubbub.core.answers import retry_after
from hubbub.core.clock import Clock
from hubbub.core.errors import Fatal, HubbubError, Retryable

TIMEOUT = 30.0  # seconds without a byte


class Refused(Fatal):
    """The other side says no, and will say it again.

    Attributes:
        status: of HTTP. path: what was asked for. detail: the start of the answer, not to be shown unread.
    """

    def __init__(self, message: str, status: int, path: str, detail: str) -> None:
        super().__init__(message)
        self.status, self.path, self.detail = status, path, detail


class Web(requests.Session):
    """Every request has a timeout; one that fails by the server's fault is tried three times within seconds.

    Args:
        service: its name in messages.
        keys: the environment variables to check when it does not accept us.
        moved: the prefix of the addresses that a client asks for, and what stands in its place.

    Raises (on every request):
        Retryable: away, over the quota, an answer cut short.
        Refused: any other status that is no success.
    """

    def __init__(self, service: str, keys: str, clock: Clock, moved: tuple[str, str] = ("", "")) -> None:
        super().__init__()
        self._service, self._keys, self._clock, self._moved = service, keys, clock, moved
        again = Retry(
            total=2,
            read=1,
            backoff_factor=0.3,
            status_forcelist=(500, 502, 503, 504),
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        for scheme in ("http://", "https://"):
            self.mount(scheme, HTTPAdapter(max_retries=again))

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        kwargs["allow_redirects"] = False  # another host has no business with our keys
        client, ours = self._moved
        address = url if isinstance(url, str) else url.decode()
        if client and address.startswith(client):
            address = ours + address.removeprefix(client)
        try:
            response = super().request(method, address, *args, **kwargs)
        except requests.RequestException as error:
            raise Retryable(f"{self._service} cannot be reached ({_plainly(error)})") from None
        if response.status_code >= 300:
            raise self._meaning(response)
        return response

    def _meaning(self, response: requests.Response) -> HubbubError:
        status = response.status_code
        if status == 429 or status == 408 or status >= 500:
            trouble = "has no quota left for us" if status == 429 else "is in trouble"
            wait = wait_asked(response.headers, self._clock())
            hint = "" if wait is None else f"; it asks to wait {wait:.0f} s"
            return Retryable(f"{self._service} {trouble} ({status}){hint}", wait)
        path = urlsplit(response.url).path
        reasons = {
            401: f"does not know our key (401); check {self._keys}",
            402: "says that the paid credits are used up (402); buy credits or wait for the next month",
            403: f"does not allow this (403); check what {self._keys} may do",
            404: f"has nothing at {path} (404)",
        }
        message = f"{self._service} {reasons.get(status, f'refuses the request ({status})')}"
        return Refused(message, status, path, response.text[:1000])


@contextmanager
def understood(service: str, *errors: type[Exception]) -> Iterator[None]:
    """Around what takes an answer apart.

    Args:
        errors: those that the vendor's client raises where it cannot; Python's own are known.

    Raises:
        Retryable: it cannot be taken apart.
    """
    unreadable: tuple[type[Exception], ...] = (ValueError, RecursionError, *errors)
    try:
        yield
    except unreadable as error:
        raise Retryable(f"{service}'s answer cannot be read ({type(error).__name__})") from None


def wait_asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the answer asks to wait, by `Retry-After`, X's `x-rate-limit-reset` (seconds since 1970) or Reddit's
    `x-ratelimit-reset` (seconds); None where it says nothing that is understood."""
    seconds = retry_after(headers, now)
    if seconds is None and (reset := _number(headers.get("x-rate-limit-reset", ""))) is not None:
        seconds = reset - now.timestamp()
    if seconds is None:
        seconds = _number(headers.get("x-ratelimit-reset", ""))
    return None if seconds is None else max(0.0, seconds)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _plainly(error: requests.RequestException) -> str:
    """`ConnectTimeout` as `connect timeout`; the error's own words may hold addresses with secrets."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
