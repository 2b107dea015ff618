r"""Text as LaTeX source: no character is read as a command, and long words may break.

A character that T1 fonts do not have is named, such as U+202E.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

_SPECIAL = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces, escaped ones too.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "–": r"--",
    "—": r"---",
    "×": r"$\times$",
    "≠": r"$\neq$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "µ": r"\textmu{}",
    "…": r"\ldots{}",
    "•": r"\textbullet{}",
}
_LIGATURES = ("--", ",,", "?`", "!`")
_LONG_WORD = 16
_BREAK_AFTER = "[],=/_"
_NO_BREAK_BEFORE = "-],.:;)"
_BREAK = r"\allowbreak{}"


def escape(text: str) -> str:
    """The text as source, on one line."""
    words = [_word(word) for word in text.split()]
    # After a table row or an \item, "[" and "*" would be read as arguments.
    start = "{}" if text.lstrip()[:1] in ("[", "*") else ""
    return start + " ".join(words)


def set_width(text: str) -> int:
    """The number of characters when the text is set."""
    return sum(len(f"U+{ord(c):04X}") if _named(c) else 1 for c in " ".join(text.split()))


def _word(word: str) -> str:
    """A long word may break after a mark, or anywhere if it has none; a number is not broken."""
    breakable = set_width(word) > (_LONG_WORD if any(map(str.isalpha, word)) else 2 * _LONG_WORD)
    parts, since = [_character(word[0])], set_width(word[0])
    for character, following in pairwise(word):
        mark = character in _BREAK_AFTER and following not in _NO_BREAK_BEFORE
        mark = mark or _named(character) or (since >= _LONG_WORD and following.isalnum())
        if breakable and (mark or since >= 2 * _LONG_WORD):
            parts.append(_BREAK)
            since = 0
        elif character + following in _LIGATURES:
            parts.append("{}")
        parts.append(_character(following))
        since = 0 if following == "-" else since + set_width(following)
    return "".join(parts)


def _character(character: str) -> str:
    if _named(character):
        return rf"\texttt{{U+{ord(character):04X}}}"
    return _SPECIAL.get(character, _plain(character))


def _named(character: str) -> bool:
    """Whether neither the fonts nor a plain letter can represent it."""
    plain = _plain(character)
    latin = "À" <= plain <= "ÿ" and plain not in "×÷"  # letters, which T1 fonts have
    return character not in _SPECIAL and not (" " <= plain <= "~" or latin)


def _plain(character: str) -> str:
    """The plain letter or digit of a variant such as a superscript."""
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() and plain.isalnum() else character
