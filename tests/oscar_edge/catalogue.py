"""Files of a catalogue, and importing them by the command."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

HEADER = "sku,name,ean,net_price,vat,stock,unit,category,description,picture"
PAPER = "PAP-1,Papier A4,5901234123457,18.90,23,40,ryza,Biuro > Papier,Biały,demo/papier.svg"
PEN = "DLU-2,Długopis,,1.45,8,500,szt.,Biuro > Pisanie,,"


def model(label: str) -> Any:
    """Return a model of Oscar's."""
    return apps.get_model(label)


def imported(tmp_path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n", **options: Any) -> str:
    """Import a file of these lines; return what is told."""
    file = tmp_path / "catalogue.csv"
    file.write_bytes((end.join(lines) + end).encode(encoding))
    told = io.StringIO()
    call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told, **options)
    return told.getvalue()


def refused(tmp_path: Path, *lines: str, **options: Any) -> str:
    """What is said of a file of which nothing may be imported."""
    file = tmp_path / "catalogue.csv"
    file.write_bytes(("\n".join(lines) + "\n").encode(options.pop("encoding", "utf-8")))
    told = io.StringIO()
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_catalogue", "--language=en", str(file), stdout=told, stderr=told, **options)
    assert not model("catalogue.Product").objects.exists()
    assert not model("catalogue.Category").objects.exists()
    return told.getvalue()


def product_of(sku: str) -> Any:
    """Return the product of a code."""
    return model("partner.StockRecord").objects.get(partner_sku=sku).product
