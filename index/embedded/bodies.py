"""Documents as they lie in the file: compressed, each with the words that it is found by.

The words are kept because the full text has no copy of its own and wants to be told exactly what it once was given, and
another release of Hubbub, Python or PyThaiNLP may cut the same text into other words.
"""

import json
import zlib

import orjson

from hubbub.core.ports import Json

Words = tuple[str, str, str, str]
"""The words of message and title, and again those where Thai is cut into words, each text's joined by spaces; they are
the columns of the table `words`. An empty one also stands for a text that is not there."""

NO_WORDS: Words = ("", "", "", "")
_LEVEL = 3
_BETWEEN = b"\0"  # JSON has none, and no word
# What documents have in common. Files are full of references into it: never change it, add another one.
_COMMON = (
    b'{"@timestamp":"2026-11-24T12:00:00.000Z","event":{"observed":"2026-11-24T12:05:00.000Z"},"message":"","title":"",'
    b'"url":{"full":"https://www.reddit.com/r/com/status/"},"user":{"id":"","name":"","followers":1,"is_brand":false},'
    b'"source":"reddit","channel":"","kind":"comment","kind":"reply","kind":"post","brand":[""],"match":{"term":[""],'
    b'"kind":["keyword","hashtag","service","product","handle","alias"],"product":[""]},"competitor":[""],'
    b'"language":"vi","language":"th","language":"en","sentiment":{"label":"neutral","label":"positive",'
    b'"label":"negative","confidence":0.9,"score":-0.9,"score":0.1,"model":"hubbub-sentiment","uncertain":true,'
    b'"uncertain":false},"conversation":{"id":"reddit:t3_","parent":"reddit:t1_"},"engagement":{"likes":1,"replies":1,'
    b'"shares":1,"views":1},"raw":{"author":{"username":"","verified":false},"author_id":"","conversation_id":"",'
    b'"created_at":"2026-11-24T12:00:00.000Z","lang":"en","public_metrics":{"like_count":0,"reply_count":0,'
    b'"retweet_count":0,"quote_count":0},"subreddit":"","created_utc":,"permalink":"","num_comments":,"selftext":"",'
    b'"body":"","id":"","text":"'
)


def pack(document: Json, words: Words = NO_WORDS) -> bytes:
    packer = zlib.compressobj(_LEVEL, zdict=_COMMON)
    return packer.compress(_encode(document) + _BETWEEN + "\0".join(words).encode()) + packer.flush()


def document_of(body: bytes) -> Json:
    document: Json = json.loads(_unpack(body).partition(_BETWEEN)[0])
    return document


def words_of(body: bytes) -> Words:
    _, *words = _unpack(body).decode().split("\0")
    message, title, message_th, title_th = words
    return message, title, message_th, title_th


def _encode(document: Json) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:  # a number that 64 bits do not hold
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _unpack(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=_COMMON)
    return unpacker.decompress(body) + unpacker.flush()
