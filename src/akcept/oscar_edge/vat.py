"""VAT the way Polish invoices do it (pure): once per rate on the sum of net values, then shared out to the lines.

Source: art. 106e ust. 1 pkt 14 and ust. 11 of the VAT act: the tax of a rate is computed on that rate's net sum and
rounded half up to the grosz. Oscar stores a gross value per line, so each rate's tax is split over its lines without
a lost grosz: the lines then add up to the order's total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from akcept.kernel.money import cents, split, vat
from akcept.ordering.ports import VatRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """Net parts of an order with their tax: one row per rate, and each part's gross value, in the order given."""

    rows: tuple[VatRow, ...]
    gross: tuple[Decimal, ...]


def by_rate(parts: Sequence[tuple[Decimal, Decimal]]) -> Taxed:
    """Tax parts given as (net with two places, rate as a fraction). Rows come highest rate first."""
    gross = [net for net, _rate in parts]
    rows = []
    for rate in sorted({rate for _net, rate in parts}, reverse=True):
        places = [i for i, part in enumerate(parts) if part[1] == rate]
        net = sum((parts[i][0] for i in places), Decimal(0))
        tax = vat(net, rate)
        for i, share in zip(places, split(tax, [parts[i][0] for i in places]), strict=True):
            gross[i] += share
        rows.append(VatRow(rate=rate, net=net, vat=tax))
    return Taxed(rows=tuple(rows), gross=tuple(gross))


def as_priced(parts: Sequence[tuple[Decimal, Decimal]]) -> Taxed:
    """Keep the tax a shop's own strategy computed: parts given as (net, gross), rows by the rate they come to."""
    sums: dict[Decimal | None, list[Decimal]] = {}
    for net, gross in parts:
        row = sums.setdefault(rate_of(net, gross), [Decimal(0), Decimal(0)])
        row[0] += net
        row[1] += gross - net
    ordered = sorted(sums.items(), key=lambda item: item[0] if item[0] is not None else Decimal(-1), reverse=True)
    rows = tuple(VatRow(rate=rate, net=net, vat=tax) for rate, (net, tax) in ordered)
    return Taxed(rows=rows, gross=tuple(gross for _net, gross in parts))


def rate_of(net: Decimal, gross: Decimal) -> Decimal | None:
    """Return the rate a net and a gross value come to, to the whole per cent; None for something free of charge."""
    if not net:
        return None
    return cents(gross / net) - 1
