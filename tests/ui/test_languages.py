"""G8: each of the shop's languages is offered once, by its own name."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.panel.forms import OrganizationForm
from akcept.ui.forms import languages


@pytest.mark.parametrize(
    ("offered", "found"),
    [
        (["pl", "en"], [("pl", "polski"), ("en", "English")]),
        (["pl", "en-gb", "en", "en-us"], [("pl", "polski"), ("en", "English")]),
        (["de-at", "en-gb"], [("de", "Deutsch"), ("en", "English")]),
        (["xx"], [("xx", "Own")]),
    ],
)
def test_g8_each_language_is_listed_once(settings: Any, offered: list[str], found: list[tuple[str, str]]) -> None:
    settings.LANGUAGES = [(code, "Own") for code in offered]
    assert languages() == found
    assert list(OrganizationForm().fields["language"].choices) == found  # type: ignore[attr-defined]
