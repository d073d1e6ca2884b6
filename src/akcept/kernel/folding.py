"""Texts as people compare them: without regard to capitals and to the marks of letters (pure)."""

from __future__ import annotations

import unicodedata
from typing import Final

#: Letters that no normal form takes apart, and what people type for them.
STROKES: Final = {"ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ø": "o", "Ø": "o", "ı": "i"}
#: What Latin letters carry once they are taken apart: accents, dots, rings, hooks and tails of Europe's languages.
MARKS: Final = "".join(map(chr, (*range(0x300, 0x305), *range(0x306, 0x30D), 0x31B, 0x323, 0x326, 0x327, 0x328, 0x331)))
_TABLE: Final = str.maketrans(STROKES) | dict.fromkeys(map(ord, MARKS))


def fold(text: str) -> str:
    """Return a text as `folded` columns have it: "krol muller" for "Król Müller"."""
    return unicodedata.normalize("NFKD", text).translate(_TABLE).lower().replace("ß", "ss")
