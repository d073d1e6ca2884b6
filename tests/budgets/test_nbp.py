from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from akcept.budgets import nbp
from akcept.kernel.errors import Invalid

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
    ("content", "says"),
    [
        (b"", "no table of rates"),
        (b"[]", "no rate"),
        (b"[1]", "no table of rates"),
        (b"{", "no table of rates"),
        (b"<html>404</html>", "no rate"),
        (BOMB, "no table of rates"),
        (JSON.replace(b'"table": "A"', b'"table": "C"'), "table C"),
        (JSON.replace(b"4.2531", b"0"), "cannot be"),
        (JSON.replace(b"4.2531", b"-4"), "cannot be"),
        (JSON.replace(b"4.2531", b'"much"'), "no number"),
        (JSON.replace(b'"EUR"', b'"EURO"'), "no currency"),
        (JSON.replace(b"2026-11-24", b"yesterday"), "is not a date"),
        (OLDER.replace(b"<przelicznik>100", b"<przelicznik>0"), "no number"),
        (XML.replace(b"<EffectiveDate>2026-11-24</EffectiveDate>", b""), "is not a date"),
        (b"\xff\xfe\x00", "CSV or XLSX is expected"),
        (b"PK\x03\x04broken", "CSV or XLSX is expected"),
        (b'{"a": 1}', "its JSON is not that of the bank"),
    ],
)
def test_what_is_no_table_is_refused_whole(content: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        nbp.read(content)
    assert re.search(r"Error|\{|\n", str(refused.value)) is None, "words, not what the program calls it"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Waluta;Data;Kurs średni;Przelicznik;Nr tabeli\nEUR;24.11.2026;4,2531;;228/A\nhuf;2026-11-24;1,0931;100;\n",
            [("EUR", "4.25310000", "NBP 228/A"), ("HUF", "0.01093100", "NBP row 3")],
        ),
        ("currency,day,rate\nEUR,20261124,4.2531\n", [("EUR", "4.25310000", "NBP row 2")]),
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
    ("text", "says"),
    [
        ("currency;day\nEUR;2026-11-24\n", "no columns currency, day and rate"),
        ("currency;day;rate;Rate\nEUR;2026-11-24;4;5\n", "a column is there twice"),
        ("currency;day;rate\nEUR;2026-11-24;#DIV/0!\n", "row 2 has a cell that could not be calculated"),
        ("currency;day;rate\nEUR;02/03/2026;4\n", "02/03/2026 could be two days"),
        ("currency;day;rate\nEUR;2026-11-24;4,253\n", "the rate of EUR could be two numbers: 4,253"),
        ("data;1USD;nr tabeli\n20261124;4,253;228/A\n", "the rate of USD could be two numbers: 4,253"),
        ("currency;day;rate\nEUR;2026-11-24;4E+2\n", "was cut short by a spreadsheet"),
        ("currency;day;rate\nEUR\n", "is not a date"),
        ("currency;day;rate\n;2026-11-24;4\n", "nothing is no currency's code"),
        ("currency;day;rate\nEU1;2026-11-24;4\n", "EU1 is no currency's code"),
        ("currency;day;rate\nŁÓD;2026-11-24;4\n", "ŁÓD is no currency's code"),
        ("currency;day;rate\nEUR;2026-11-24;999999999\n", "cannot be"),
    ],
)
def test_a_made_table_that_says_nothing_certain_is_refused_and_says_where(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        nbp.read(text.encode())


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
    with pytest.raises(Invalid) as refused:
        nbp.read(JSON.replace(b"2026-11-24", day.encode()))
    assert str(refused.value) == f"{day} is too far away: a day between 2000 and 2200 is expected"
