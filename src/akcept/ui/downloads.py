"""Files that pages answer with."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse


def made(write: Callable[[IO[bytes]], None]) -> FileResponse:
    """Answer with a file that cannot be sent before its end is known; it is on disk meanwhile, not in memory."""
    file = TemporaryFile()  # noqa: SIM115  the answer closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file)
