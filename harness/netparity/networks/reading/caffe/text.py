"""Protocol Buffers as text, as in a `.prototxt`: a parser of its own, which evaluates nothing.

Grammar: the Protocol Buffers documentation, "Text Format Language Specification".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netparity.files.limits import DEEPEST, DamagedError
from netparity.networks.reading.caffe.message import Message, Word
from netparity.networks.reading.caffe.schema import BY_NAME

_MOST_BYTES = 2**21
_MOST_FIELDS = 60_000
_TOKEN = re.compile(
    r"""[\s,;]+ | \#[^\n]* |
    (?P<word> [A-Za-z_][A-Za-z0-9_./]* ) |
    (?P<number> -?\s*(?: 0[xX][0-9a-fA-F]{1,16}
        | (?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,4})?[fF]? ) ) |
    (?P<negative> -\s*(?:inf|infinity|nan)\b ) |
    (?P<text> "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' ) |
    (?P<mark> [:{}<>\[\]] )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|(.))")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_CLOSING = {"{": "}", "<": ">"}
_END = ("end", "", 0)
Token = tuple[str, str, int]


def parse(path: Path) -> Message:
    """The message `Net` of a text file.

    Raises:
        DamagedError: naming the line, if it is not such a text.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise DamagedError(f"it is larger than {_MOST_BYTES:,} bytes, unlike any .prototxt")
    text = path.read_bytes().decode("utf-8-sig", "replace")
    return _Parser(text).parsed()


class _Parser:
    """One pass over the tokens."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens = text, self._read(text)
        self._ahead, self._count = next(self._tokens, _END), 0

    def parsed(self) -> Message:
        net = Message("Net")
        self._fields(net, "", 0)
        return net

    def _read(self, text: str) -> Iterator[Token]:
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._wrong(at, f"{text[at : at + 12]!r} has no meaning there")
            if found.lastgroup is not None:
                yield found.lastgroup, found.group(), at
            at = found.end()

    def _next(self) -> Token:
        token, self._ahead = self._ahead, next(self._tokens, _END)
        return token

    def _fields(self, message: Message, closing: str, depth: int) -> None:
        """The fields up to the closing mark, or to the end of the text."""
        while True:
            kind, name, at = self._next()
            if kind == "end" and not closing:
                return
            if kind == "end":
                raise DamagedError(f"it ends where {closing!r} is missing")
            if kind == "mark" and name == closing:
                return
            if kind != "word":
                raise self._wrong(at, f"{name[:20]!r} is there in place of a field's name")
            self._count += 1
            if self._count > _MOST_FIELDS:
                raise DamagedError(f"it has over {_MOST_FIELDS:,} fields")
            self._field(message, name, at, depth)

    def _field(self, message: Message, name: str, at: int, depth: int) -> None:
        entry = BY_NAME.get(message.kind, {}).get(name)
        if entry is None:
            message.unknown.append(name)
        kind = "" if entry is None else entry.kind
        colon = self._ahead[1] == ":" and self._next() is not None
        if self._ahead[1] in _CLOSING:
            message.add(name, self._group(kind, depth))
        elif not colon:
            raise self._wrong(at, f"{name[:40]!r} has no value")
        elif self._ahead[:2] == ("mark", "["):
            self._next()
            while self._ahead[:2] != ("mark", "]"):
                inner = self._ahead[1] in _CLOSING
                message.add(name, self._group(kind, depth) if inner else self._scalar(name))
            self._next()
        else:
            message.add(name, self._scalar(name))

    def _group(self, kind: str, depth: int) -> Message:
        _, mark, at = self._next()
        if depth >= DEEPEST:
            raise self._wrong(at, f"groups are nested deeper than {DEEPEST}")
        message = Message(kind)
        self._fields(message, _CLOSING[mark], depth + 1)
        return message

    def _scalar(self, name: str) -> Any:
        kind, token, at = self._next()
        if kind == "text":
            parts = [_unescaped(token)]
            while self._ahead[0] == "text":
                parts.append(_unescaped(self._next()[1]))
            return "".join(parts)
        if kind == "number":
            return _number(token)
        if kind == "negative":
            return -float(token[1:].strip())
        if kind == "word":
            return float(token) if token in ("inf", "infinity", "nan") else Word(token)
        raise self._wrong(at, f"{name[:40]!r} has no value")

    def _wrong(self, at: int, words: str) -> DamagedError:
        return DamagedError(f"line {self._text.count(chr(10), 0, at) + 1}: {words}")


def _number(token: str) -> int | float:
    plain = token.replace(" ", "").lower()
    sign = -1 if plain.startswith("-") else 1
    digits = "".join(plain.split()).lstrip("-")
    if digits.startswith("0x"):
        return sign * int(digits, 16)
    if digits.isdigit():
        return sign * int(
            digits, 8 if digits.startswith("0") and set(digits) <= set("01234567") else 10
        )
    return sign * float(digits.rstrip("f"))


def _unescaped(token: str) -> str:
    def plain(match: re.Match[str]) -> str:
        octal, hexadecimal, letter = match.groups()
        if letter is not None:
            return _ESCAPES.get(letter, letter)
        return chr(int(octal, 8) if octal else int(hexadecimal, 16))

    return _ESCAPE.sub(plain, token[1:-1])
