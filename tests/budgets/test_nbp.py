from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from akcept.budgets import nbp
from akcept.budgets.nbp import Fault, NotRates

DAY = date(2026, 11, 24)
RATES = [("EUR", Decimal("4.25310000")), ("HUF", Decimal("0.01093100"))]
JSON = json.dumps(
    [
        {
            "table": "A",
            "no": "228/A/NBP/2026",
            "effectiveDate": "2026-11-24",
            "rates": [
                {"currency": "euro", "code": "EUR", "mid": 4.2531},
                {"currency": "forint (Węgry)", "code": "HUF", "mid": 0.010931},
            ],
        }
    ]
).encode()
XML = """<?xml version="1.0" encoding="utf-8"?>
<ArrayOfExchangeRatesTable xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ExchangeRatesTable>
<Table>A</Table><No>228/A/NBP/2026</No><EffectiveDate>2026-11-24</EffectiveDate><Rates>
<Rate><Currency>euro</Currency><Code>EUR</Code><Mid>4.2531</Mid></Rate>
<Rate><Currency>forint (Węgry)</Currency><Code>HUF</Code><Mid>0.010931</Mid></Rate>
</Rates></ExchangeRatesTable></ArrayOfExchangeRatesTable>""".encode()
OLDER = """<?xml version="1.0" encoding="ISO-8859-2"?>
<tabela_kursow typ="A" uid="26a228"><numer_tabeli>228/A/NBP/2026</numer_tabeli>
<data_publikacji>2026-11-24</data_publikacji>
<pozycja><nazwa_waluty>euro</nazwa_waluty><przelicznik>1</przelicznik><kod_waluty>EUR</kod_waluty>
<kurs_sredni>4,2531</kurs_sredni></pozycja>
<pozycja><nazwa_waluty>forint (Węgry)</nazwa_waluty><przelicznik>100</przelicznik><kod_waluty>HUF</kod_waluty>
<kurs_sredni>1,0931</kurs_sredni></pozycja></tabela_kursow>""".encode("iso-8859-2")


@pytest.mark.parametrize("content", [JSON, b"\xef\xbb\xbf" + JSON, XML, OLDER], ids=["json", "bom", "xml", "older"])
def test_every_form_of_the_table_says_the_same(content: bytes) -> None:
    found = nbp.read(content)
    assert [(rate.currency, rate.rate) for rate in found] == RATES
    assert {(rate.day, rate.source) for rate in found} == {(DAY, "NBP 228/A/NBP/2026")}


def test_several_tables_in_one_file() -> None:
    tables = [*json.loads(JSON), json.loads(JSON)[0] | {"effectiveDate": "2026-11-25"}]
    assert {rate.day for rate in nbp.read(json.dumps(tables).encode())} == {DAY, date(2026, 11, 25)}


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><tabela_kursow typ="A">&b;</tabela_kursow>'


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.COLUMNS),
        (b"[]", Fault.NO_RATES),
        (b"[1]", Fault.JSON),
        (b"{", Fault.JSON),
        (b"<html>404</html>", Fault.NO_RATES),
        (BOMB, Fault.XML),
        (JSON.replace(b'"table": "A"', b'"table": "C"'), Fault.OTHER_TABLE),
        (JSON.replace(b"4.2531", b"0"), Fault.OUT_OF_BOUNDS),
        (JSON.replace(b"4.2531", b"-4"), Fault.OUT_OF_BOUNDS),
        (JSON.replace(b"4.2531", b'"much"'), Fault.NO_NUMBER),
        (JSON.replace(b'"EUR"', b'"EURO"'), Fault.NO_CODE),
        (JSON.replace(b"2026-11-24", b"yesterday"), Fault.NO_DAY),
        (OLDER.replace(b"<przelicznik>100", b"<przelicznik>0"), Fault.NO_NUMBER),
        (XML.replace(b"<EffectiveDate>2026-11-24</EffectiveDate>", b""), Fault.NO_DAY),
        (b"\xff\xfe\x00", Fault.FORMAT),
        (b"PK\x03\x04broken", Fault.FORMAT),
        (b'{"a": 1}', Fault.JSON),
    ],
)
def test_what_is_no_table_is_refused_whole(content: bytes, fault: Fault) -> None:
    with pytest.raises(NotRates) as refused:
        nbp.read(content)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Waluta;Data;Kurs średni;Przelicznik;Nr tabeli\nEUR;24.11.2026;4,2531;;228/A\nhuf;2026-11-24;1,0931;100;\n",
            [("EUR", "4.25310000", "NBP 228/A"), ("HUF", "0.01093100", "NBP")],
        ),
        ("currency,day,rate\nEUR,20261124,4.2531\n", [("EUR", "4.25310000", "NBP")]),
        (
            "data;1USD;100 HUF;nr tabeli\nkod ISO;USD;HUF;\nnazwa waluty;dolar;forint;\n"
            "20261124;4,0;1,0931;228/A\nliczba jednostek;1;100;\n",
            [("USD", "4.00000000", "NBP 228/A"), ("HUF", "0.01093100", "NBP 228/A")],
        ),
    ],
    ids=["a rate a row", "in English", "the bank's archive"],
)
def test_tables_somebody_made_and_the_banks_archive_are_read_too(text: str, found: list[tuple[str, str, str]]) -> None:
    rates = nbp.read(text.encode())
    assert [(rate.currency, str(rate.rate), rate.source) for rate in rates] == found
    assert {rate.day for rate in rates} == {DAY}


@pytest.mark.parametrize(
    ("text", "fault", "said", "of"),
    [
        ("currency;day\nEUR;2026-11-24\n", Fault.COLUMNS, "", ("", 0)),
        ("currency;day;rate;Rate\nEUR;2026-11-24;4;5\n", Fault.COLUMN_TWICE, "", ("", 0)),
        ("currency;day;rate\nEUR;2026-11-24;#DIV/0!\n", Fault.ERROR_CELL, "#DIV/0!", ("", 2)),
        ("currency;day;rate\nEUR;02/03/2026;4\n", Fault.TWO_DAYS, "02/03/2026", ("", 0)),
        ("currency;day;rate\nEUR;2026-11-24;4,253\n", Fault.TWO_NUMBERS, "4,253", ("EUR", 0)),
        ("data;1USD;nr tabeli\n20261124;4,253;228/A\n", Fault.TWO_NUMBERS, "4,253", ("USD", 0)),
        ("currency;day;rate\nEUR;2026-11-24;4E+2\n", Fault.CUT_SHORT, "4E+2", ("EUR", 0)),
        ("currency;day;rate\nEUR\n", Fault.NO_DAY, "", ("", 0)),
        ("currency;day;rate\n;2026-11-24;4\n", Fault.NO_CODE, "", ("", 0)),
        ("currency;day;rate\nEU1;2026-11-24;4\n", Fault.NO_CODE, "EU1", ("", 0)),
        ("currency;day;rate\nŁÓD;2026-11-24;4\n", Fault.NO_CODE, "ŁÓD", ("", 0)),
        ("currency;day;rate\nEUR;2026-11-24;999999999\n", Fault.OUT_OF_BOUNDS, "999999999", ("EUR", 0)),
        ("currency;day;rate\nPLN;2026-11-24;4.25\n", Fault.OUT_OF_BOUNDS, "4.25", ("PLN", 0)),
        ("currency;day;rate\nEUR;2026-11-24;4.1\nEUR;2026-11-24;4.9\n", Fault.RATE_TWICE, "2026-11-24", ("EUR", 0)),
        ("data;1USD\n20261124;4,1\n20261124;4,9\n", Fault.RATE_TWICE, "2026-11-24", ("USD", 0)),
    ],
)
def test_a_made_table_that_says_nothing_certain_is_refused_and_says_where(
    text: str, fault: Fault, said: str, of: tuple[str, int]
) -> None:
    with pytest.raises(NotRates) as refused:
        nbp.read(text.encode())
    assert (refused.value.fault, refused.value.text) == (fault, said)
    assert (refused.value.code, refused.value.line) == of


@pytest.mark.parametrize("content", [JSON, XML, OLDER], ids=["json", "xml", "older"])
def test_e4_two_rates_of_one_currency_on_one_day_are_refused_in_the_banks_own_forms_too(content: bytes) -> None:
    with pytest.raises(NotRates) as refused:
        nbp.read(content.replace(b"HUF", b"EUR"))
    assert (refused.value.fault, refused.value.text, refused.value.code) == (Fault.RATE_TWICE, "2026-11-24", "EUR")


def test_what_is_said_twice_alike_is_no_contradiction() -> None:
    rates = nbp.read(b"currency;day;rate\nEUR;2026-11-24;4.1\nEUR;2026-11-24;4.10\nEUR;2026-11-25;4.9\n")
    assert [str(rate.rate) for rate in rates] == ["4.10000000", "4.10000000", "4.90000000"]


def test_the_largest_rate_there_may_be() -> None:
    (rate,) = nbp.read(b"currency;day;rate\nEUR;2026-11-24;999999998.99\n")
    assert rate.rate == Decimal("999999998.99")


def test_the_number_of_a_table_is_kept_as_far_as_there_is_room_for_it() -> None:
    (euro, _forint) = nbp.read(JSON.replace(b"228/A/NBP/2026", b"2" * 80))
    assert euro.source == "NBP " + "2" * 56  # 60 characters in all


def test_one_table_by_itself_is_read() -> None:
    single = XML[XML.index(b"<ExchangeRatesTable>") : XML.rindex(b"</ArrayOf")]
    assert [(rate.currency, rate.rate) for rate in nbp.read(single)] == RATES
    assert [(rate.currency, rate.rate) for rate in nbp.read(JSON[1:-1])] == RATES


@pytest.mark.parametrize("day", ["9026-11-24", "1826-11-24"])
def test_b3_rate_of_a_day_far_away_is_refused_and_the_day_named(day: str) -> None:
    with pytest.raises(NotRates) as refused:
        nbp.read(JSON.replace(b"2026-11-24", day.encode()))
    assert (refused.value.fault, refused.value.text) == (Fault.FAR_DAY, day)
