"""The demo's orders with a story (data): one at least for every way an order can go, past ones and those open today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from akcept.approvals.calendar import is_working_day
from shop.demo.ways import Act, accept, amend, comment, forward, reject, resubmit, revoke, send_back, withdraw

ANNA, BEN, CORA, EWA, PIOTR, JAN, TERESA = (
    f"{name}@acme.example" for name in ("anna", "ben", "cora", "ewa", "piotr", "jan", "teresa")
)
OTTO, LENA = "otto@umbra.example", "lena@umbra.example"
PAWEL: Final = "pawel@wrona.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What somebody does with an order, so long after it was placed."""

    after: timedelta
    by: str
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One order to be: quantities by product code, what people do with it, and how far the shop has got with it."""

    requester: str
    placed_at: datetime
    goods: Mapping[str, int]
    note: str = ""
    then: tuple[Then, ...] = ()
    shop: str = ""


def past(now: datetime) -> Iterator[Story]:
    """Yield the orders of the past weeks that took another way than most; all of them have ended or are the shop's."""
    yield Story(
        requester=EWA,
        placed_at=_working_day(now, 34, "11:20"),
        goods={"TAB-90": 1, "MAS-4K": 4, "NAJ-K250": 5},
        note="Tablica i drobiazgi na dzień otwarty, termin jeszcze nieznany.",
        then=(
            Then(
                after=timedelta(hours=4),
                by=BEN,
                act=comment("Wrócę do tego, jak będzie termin dnia otwartego."),
            ),
        ),
    )  # nobody does: it expires
    yield Story(
        requester=PIOTR,
        placed_at=_working_day(now, 16, "07:45"),
        goods={"KAR-400": 20, "STR-P": 24, "TAS-48B": 36},
        note="Materiały do pakowania przed inwenturą.",
        then=(
            Then(
                after=timedelta(hours=2),
                by=BEN,
                act=amend({"KAR-400": 8}, reason="Osiem paczek wystarczy, reszta kartonów z ostatniej dostawy czeka."),
            ),
            Then(after=timedelta(hours=2, minutes=4), by=BEN, act=accept()),
        ),
        shop="completed",
    )
    yield Story(
        requester=ANNA,
        placed_at=_working_day(now, 12, "13:05"),
        goods={"TON-H59X": 2},
        then=(
            Then(
                after=timedelta(minutes=25),
                by=ANNA,
                act=withdraw("Pomyłka: to toner do starej drukarki, zamówię właściwy."),
            ),
        ),
    )
    yield Story(
        requester=LENA,
        placed_at=_working_day(now, 11, "08:30"),
        goods={"WMG-PAL": 1},
        note="Drugi wózek na nocną zmianę.",
        then=(
            Then(
                after=timedelta(hours=1),
                by=OTTO,
                act=reject("Wózek przesuniemy z Wrocławia, w tym miesiącu stoi tam nieużywany."),
            ),
        ),
    )
    yield Story(
        requester=ANNA,
        placed_at=_working_day(now, 9, "09:15"),
        goods={"KAW-1001": 12, "FIL-200": 2, "CIA-2": 4},
        note="Na warsztaty z klientami.",
        then=(
            Then(
                after=timedelta(hours=1),
                by=BEN,
                act=send_back("Ilu będzie gości? Dwanaście kilogramów kawy to sporo."),
            ),
            Then(
                after=timedelta(hours=2),
                by=ANNA,
                act=resubmit(
                    {"KAW-1001": 6}, answer="Dwadzieścia osób przez dwa dni. Sześć kilogramów wystarczy, zmieniłam."
                ),
            ),
            Then(after=timedelta(hours=3), by=BEN, act=accept("Dziękuję, teraz się zgadza.")),
        ),
        shop="completed",
    )
    yield Story(
        requester=JAN,
        placed_at=_working_day(now, 8, "10:40"),
        goods={"WWK-18U": 2, "WIE-D8": 2},
        note="Dwie wiertarki do wozów serwisowych.",
        then=(
            Then(after=timedelta(minutes=50), by=CORA, act=accept()),
            Then(
                after=timedelta(minutes=65),
                by=CORA,
                act=revoke("Za wcześnie: najpierw sprawdzę, co zostało po przeglądzie."),
            ),
            Then(after=timedelta(hours=5), by=CORA, act=accept("Sprawdzone, obie stare są do wymiany.")),
        ),
        shop="shipped",
    )
    yield Story(
        requester=ANNA,
        placed_at=_working_day(now, 7, "14:10"),
        goods={"FOT-WIS-03": 2},
        note="Nowe fotele do pokoju handlowców.",
        then=(
            Then(
                after=timedelta(minutes=40),
                by=BEN,
                act=reject("Fotele wymieniamy w przyszłym kwartale dla całego oddziału, proszę zgłosić je wtedy."),
            ),
        ),
    )
    yield Story(
        requester=PIOTR,
        placed_at=_working_day(now, 6, "08:05"),
        goods={"REG-200": 6, "WMG-P300": 1},
        note="Regały i wózek do nowej strefy wysyłki.",
        then=(
            Then(after=timedelta(hours=1), by=BEN, act=accept("Uzgodnione z kierownikiem magazynu.")),
            Then(after=timedelta(hours=4), by=CORA, act=accept()),
        ),
        shop="shipped",
    )
    yield Story(
        requester=LENA,
        placed_at=_working_day(now, 5, "12:25"),
        goods={"KAM-ZXL": 10, "OCH-KZ": 5},
        then=(
            Then(after=timedelta(hours=2), by=LENA, act=withdraw("Centrala zamówiła to już dla wszystkich terminali.")),
        ),
    )
    yield Story(
        requester=TERESA,
        placed_at=_working_day(now, 4, "09:50"),
        goods={"RRP-10": 40, "SPR-Z": 12, "TAR-O25": 3},
        shop="packed",
    )
    for requester, goods, approver in ((EWA, {"KOB-H": 3, "KOP-B4-R": 2}, BEN), (LENA, {"REG-PAL": 1}, OTTO)):
        yield Story(
            requester=requester,
            placed_at=_working_day(now, 3, "13:30"),
            goods=goods,
            then=(Then(after=timedelta(hours=1), by=approver, act=accept()),),
            shop="cancelled",
        )


def present(now: datetime) -> Iterator[Story]:
    """Yield what is open today: what waits for Ben, Cora and Otto, what is back with Anna, two fresh for the shop."""
    yield Story(
        requester=PIOTR,
        placed_at=now - timedelta(days=2, hours=3),
        goods={
            **{"RZZ-S": 6, "RZZ-B": 4, "PTO-M3": 5, "PTO-E": 4, "MYD-B5": 4, "MYD-A5": 3, "PLP-5": 6},
            **{"PLP-K10": 2, "ZEL-125": 12, "ODK-5": 2, "PLS-5": 2, "WOR-120": 10, "SCI-R": 4, "MOP-N40": 6},
        },
        note="Ręczniki i płyny na cały magazyn, zapas na kwartał.",
    )
    yield Story(
        requester=ANNA,
        placed_at=now - timedelta(hours=29),
        goods={"NIS-12": 2, "FOL-80": 2},
        note="Niszczarki do sekretariatu i do kadr.",
        then=(
            Then(
                after=timedelta(hours=2),
                by=BEN,
                act=send_back(
                    "Jedna niszczarka stoi nieużywana w archiwum. Proszę zmienić ilość albo napisać, po co są dwie."
                ),
            ),
        ),
    )
    yield Story(
        requester=EWA,
        placed_at=now - timedelta(hours=26),
        goods={"BIU-140": 2, "FOT-WIS-01": 2, "MYS-P": 2, "PRZ-53": 2},
        note="Dwa stanowiska dla nowych osób w dziale obsługi.",
        then=(
            Then(after=timedelta(hours=2), by=BEN, act=accept("Zgoda, obie osoby zaczynają pierwszego dnia miesiąca.")),
        ),
    )
    yield Story(
        requester=EWA,
        placed_at=now - timedelta(hours=5),
        goods={"KRZ-NAR-01": 8, "TAB-200": 1},
        note="Krzesła i tablica do sali konferencyjnej.",
        then=(
            Then(
                after=timedelta(hours=1),
                by=BEN,
                act=forward(CORA, remark="Z tej sali korzysta też centrala, proszę o decyzję."),
            ),
        ),
    )
    yield Story(
        requester=LENA,
        placed_at=now - timedelta(hours=5),
        goods={"RNI-M": 12, "RRP-10": 40, "OCH-OB": 10, "KAM-ZL": 12},
        note="Rękawice, okulary i kamizelki dla nowej zmiany.",
    )
    yield Story(
        requester=ANNA,
        placed_at=now - timedelta(hours=3),
        goods={
            **{"PAP-KAR-80": 8, "PAP-A3-80": 2, "KOP-DL-O": 3, "SEG75-N": 12},
            **{"SEG75-S": 12, "KOS-55": 6, "NOT-76": 3, "ETY-70": 2},
        },
        note="Papier i segregatory na cały kwartał, jedna dostawa zamiast trzech.",
        then=(
            Then(after=timedelta(minutes=40), by=BEN, act=comment("Zmieści się to w magazynku przy sekretariacie?")),
            Then(
                after=timedelta(minutes=55),
                by=ANNA,
                act=comment("Tak, po inwentaryzacji zwolniły się dwie półki. Karton papieru wstawimy pod blat."),
            ),
        ),
    )
    yield Story(requester=EWA, placed_at=now - timedelta(hours=1), goods={"DLO-N50": 1, "KAW-1000": 6})
    yield Story(
        requester=BEN, placed_at=now - timedelta(minutes=50), goods={"TON-H26A": 2, "PAP-KAR-80": 2, "KLI-32": 6}
    )
    yield Story(requester=PAWEL, placed_at=now - timedelta(minutes=35), goods={"PAP-A4-80": 5, "DLZ-N": 10})
    yield Story(
        requester=JAN,
        placed_at=now - timedelta(minutes=22),
        goods={
            **{"KLU-8": 2, "KLU-10": 2, "KLU-13": 2, "KLU-17": 2, "KLU-Z12": 1, "NAS-46": 1, "NAS-94": 1, "NAS-32": 2},
            **{"WKR-PH1": 2, "WKR-PH2": 2, "WKR-P5": 2, "WKR-TX20": 2, "WKR-I7": 1, "MLO-500": 1, "SCZ-U": 1},
            **{"SCZ-B": 1, "SCZ-N": 1, "MIA-5": 2, "POZ-80": 1, "WWK-18U": 1, "SZK-125": 1, "TAR-O25": 2, "WIE-M19": 1},
            **{"WIE-D8": 1, "OPA-200": 4, "OPA-300": 2, "TAI-C": 5, "SPR-W": 6, "SPR-Z": 12, "RRP-10": 20, "APT-S": 1},
        },
        note="Wyposażenie nowego wozu serwisowego.",
    )


def bargains(now: datetime) -> Iterator[Story]:
    """Yield what was bought of the goods that come last: loose ones at a discount, and some in euro."""
    yield Story(requester=PAWEL, placed_at=now - timedelta(minutes=9), goods={"LUZ-POD5": 2000, "LUZ-WKR": 500})
    yield Story(requester=PAWEL, placed_at=now - timedelta(minutes=6), goods={"IMP-TON": 2})


def _working_day(now: datetime, days: int, at: str) -> datetime:
    """Return a time of day of the working day so many days ago, or of the last one before that."""
    day = (now - timedelta(days=days)).astimezone(ZoneInfo(settings.TIME_ZONE))
    while not is_working_day(day.date()):
        day -= timedelta(days=1)
    hour, minute = map(int, at.split(":"))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
