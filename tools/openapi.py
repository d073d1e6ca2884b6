"""Writes `docs/api/openapi.json` from the code: `python -m tools.openapi`; a test compares the two."""

from __future__ import annotations

import json
import os
from typing import Any

from tools.steps import ROOT

PATH = ROOT / "docs" / "api" / "openapi.json"


def text() -> str:
    """Return the schema as it is kept: English, one key a line."""
    from django.utils.translation import override

    from akcept.api.surface import api

    with override("en"):
        schema: Any = api.get_openapi_schema()
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    PATH.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
