"""Text tables as people's spreadsheets write and read them (pure)."""

from __future__ import annotations

import re

#: A cell that begins with one of these is run as a formula by spreadsheets, the wide ones in East Asian settings.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_GUARD = "'"
#: What a spreadsheet's "Unicode text" begins with.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t|"
_TOLD = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
#: A heading is looked for this far.
_FIRST_LINES = 20_000
#: Controls that no text has; Windows has letters there.
_C1 = re.compile("[\x80-\x9f]")
_POLISH = re.compile("[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")


def harmless(cell: object) -> str:
    """Return the cell's text so that no spreadsheet takes it for a formula."""
    text = str(cell)
    return f"{_GUARD}{text}" if text.startswith(_FORMULA) else text


def meant(text: str) -> str:
    """Return the text that `harmless` made harmless; any other text as it is."""
    return text[len(_GUARD) :] if text.startswith(_GUARD) and text[len(_GUARD) :].startswith(_FORMULA) else text


def unwrapped(cell: str) -> str:
    """Return the text of a cell written as a formula that is one text, which keeps a code's zeros: ="007" is 007."""
    found = _TEXT_FORMULA.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16 (that with a byte order mark), cp1250 or ISO 8859-2.

    Raises UnicodeDecodeError for what is none of them.
    """
    if content.startswith(_UTF_16):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _central_european(content)


def _central_european(content: bytes) -> str:
    """Return text of a Polish program: the two encodings differ in ą, ś and ź, of which the other has none."""
    windows = content.decode("cp1250")
    iso = content.decode("iso-8859-2")
    if _C1.search(iso):
        return windows
    return max(windows, iso, key=lambda text: len(_POLISH.findall(text)))


def told_delimiter(text: str) -> tuple[str, str]:
    """Return a CSV without the line by which some programs are told its delimiter, and that delimiter ("" for none)."""
    told = _TOLD.match(text)
    return (text[told.end() :], told[1]) if told else (text, "")


def delimiter_of(text: str) -> str:
    """Return what separates the cells of a CSV: what its first line with anything in it has most of, quotes left out.

    A comma where that line has nothing of the kind.
    """
    lines = [line for line in text[:_FIRST_LINES].splitlines() if line.strip()]
    first = next((line for line in lines if line.strip(" ,;\t|")), lines[0] if lines else "")
    bare = _QUOTED.sub("", first)
    return max(_DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))
