"""Text tables as people's spreadsheets write and read them (pure)."""

from __future__ import annotations

#: A cell that begins with one of these is run as a formula by spreadsheets, the wide ones in East Asian settings.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_GUARD = "'"
#: What a spreadsheet's "Unicode text" begins with.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def harmless(cell: object) -> str:
    """Return the cell's text so that no spreadsheet takes it for a formula."""
    text = str(cell)
    return f"{_GUARD}{text}" if text.startswith(_FORMULA) else text


def meant(text: str) -> str:
    """Return the text that `harmless` made harmless; any other text as it is."""
    return text[len(_GUARD) :] if text.startswith(_GUARD) and text[len(_GUARD) :].startswith(_FORMULA) else text


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without BOM), UTF-16 (with) or of a Polish Windows program (cp1250).

    Raises UnicodeDecodeError for what is none of them.
    """
    if content.startswith(_UTF_16):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1250")


def delimiter_of(text: str) -> str:
    """Return what separates the cells of a CSV: what its first line has most of, a comma where it has nothing."""
    first = text.lstrip("\r\n ").split("\n", 1)[0]
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
