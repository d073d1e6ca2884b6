"""G5: a shop that lets guests order is told that its checkout asks them to log in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.checks import run_checks
from django.test import Client

from akcept.oscar_edge.checkout.checks import guests
from tests.support.processes import ROOT


def test_g5_allowing_guests_is_told_at_the_start(settings: Any) -> None:
    assert guests() == []
    settings.OSCAR_ALLOW_ANON_CHECKOUT = True
    (told,) = guests()
    assert told.id == "akcept.W031"
    assert told in run_checks()


def test_g5_guest_is_led_to_the_login_and_back(db: None, settings: Any) -> None:
    settings.OSCAR_ALLOW_ANON_CHECKOUT = True
    assert Client().get("/checkout/")["Location"].endswith("/login/?next=/checkout/")


def test_g5_guide_says_it() -> None:
    guide = Path(ROOT / "docs" / "extend" / "install.md").read_text()
    changes = guide.partition("## What changes in Oscar")[2].partition("\n## ")[0]
    assert "OSCAR_ALLOW_ANON_CHECKOUT" in changes
