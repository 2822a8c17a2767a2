"""JSON: one array of objects, of which no more is in memory than one of them takes."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from hubbub.collectors._kit.exports.found import SHOWN, Found
from hubbub.core.errors import Misconfigured

_PIECE = 1 << 16  # bytes
_TOKEN = 16  # characters; the longest word of JSON, `-Infinity`, has fewer
_DECODE = json.JSONDecoder().raw_decode
_BLANK = {" ", "\t", "\n", "\r"}


def array(stream: BinaryIO, name: str) -> Iterator[Found]:
    """JSON: one array of objects, piece by piece.

    Raises:
        Misconfigured: the file is none; what stands before the fault was yielded.
    """
    text = _Growing(stream)
    records = 0
    try:
        opening = text.next_sign()
        if opening == "{":
            raise Misconfigured(f"{name} holds no array of objects; is it NDJSON? then end its name in .ndjson")
        if opening not in ("", "["):
            raise ValueError("it begins with neither [ nor {")
        sign = text.after(opening)
        while sign not in ("", "]"):
            item = text.value()
            records += 1
            if isinstance(item, dict):
                yield Found(item, complete=True)
            else:
                yield Found(None, problem="is not an object", line=json.dumps(item)[:SHOWN])
            sign = text.next_sign()
            if sign == ",":
                text.after(sign)
            elif sign != "]":
                raise ValueError("there should be a comma or the end of the array")
        if opening and (sign == "" or text.after(sign)):
            raise ValueError("the array does not end" if sign == "" else "there is more behind the array")
    except UnicodeDecodeError:
        raise Misconfigured(f"{name} is not UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        said = error.msg if isinstance(error, json.JSONDecodeError) else error
        raise Misconfigured(f"{name} is not JSON (behind record {records}: {said})") from None


class _Growing:
    """The text of a stream from a place on, as far as it was needed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._pieces = codecs.iterdecode(iter(lambda: stream.read(_PIECE), b""), "utf-8-sig")
        self._text, self._at, self._ended = "", 0, False

    def next_sign(self) -> str:
        """The next character that is not blank, which stays; "" at the end."""
        while True:
            while self._text[self._at : self._at + 1] in _BLANK:
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._grow()

    def after(self, sign: str) -> str:
        """Goes on behind the sign, to the next one."""
        self._at += len(sign)
        return self.next_sign()

    def value(self) -> Any:
        """The next value. Raises: ValueError: there is none; RecursionError: it is nested too deeply."""
        while True:
            try:
                value, end = _DECODE(self._text, self._at)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _TOKEN
                if self._ended or not cut_off:
                    raise
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._grow()

    def _grow(self) -> None:
        """Takes as much again as is left, so that a long value is not tried too often."""
        left = self._text[self._at :]
        pieces = [left]
        while not self._ended and sum(map(len, pieces)) <= 2 * len(left):
            piece = next(self._pieces, None)
            self._ended = piece is None
            pieces.append(piece or "")
        self._text, self._at = "".join(pieces), 0
