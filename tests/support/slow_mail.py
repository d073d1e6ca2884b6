"""A mail server for started processes: writes each mail to a folder, says so, and can be told to stall."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class FolderBackend(BaseEmailBackend):
    """Keeps mails in the folder AKCEPT_TEST_MAILS; stalls before or after each while a file `stall-<when>` is there."""

    def send_messages(self, messages: Any) -> int:
        """Take the mails."""
        folder = Path(os.environ["AKCEPT_TEST_MAILS"])
        for message in messages:
            self._stall(folder, "before")
            name = f"{message.to[0]}.{message.extra_headers['Message-ID'].split('.')[2]}.{uuid.uuid4().hex}.mail"
            (folder / name).write_text(message.subject)
            self._stall(folder, "after")
        return len(messages)

    def _stall(self, folder: Path, when: str) -> None:
        if (folder / f"stall-{when}").exists():
            (folder / f"stalling-{when}").touch()
            time.sleep(60)
