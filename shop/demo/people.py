"""The demo's people (data): two organisations with branches, one not confirmed yet, a private customer, staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

#: Everybody's password; the demo only runs where `AKCEPT_DEMO=1`.
PASSWORD: Final = "akcept-demo-2026"  # noqa: S105  meant to be printed


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUnit:
    """A branch with its delivery address; `under` names its parent, None for the head office."""

    name: str
    under: str | None
    line1: str
    postcode: str
    city: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody who can log in; `roles` are the codes of ready-made roles, `rights` those of permissions beside them.

    `accepts_up_to` binds a direct `accept_orders`: PLN, net, without delivery.
    """

    first_name: str
    last_name: str
    email: str
    unit: str = ""
    roles: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    accepts_up_to: Decimal | None = None
    language: str = "pl"
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrganization:
    """A customer; the first person is the administrator who signed it up."""

    name: str
    nip: str
    confirmed: bool
    units: tuple[DemoUnit, ...]
    people: tuple[DemoPerson, ...] = field(default=())


ACME: Final = DemoOrganization(
    name="Acme Polska sp. z o.o.",
    nip="6762435805",
    confirmed=True,
    units=(
        DemoUnit(
            name="Centrala",
            under=None,
            line1="ul. Prosta 18",
            postcode="00-850",
            city="Warszawa",
            phone="22 555 01 00",
        ),
        DemoUnit(name="Oddział Kraków", under="Centrala", line1="ul. Wadowicka 6", postcode="30-415", city="Kraków"),
        DemoUnit(
            name="Magazyn Skawina",
            under="Oddział Kraków",
            line1="ul. Piłsudskiego 23",
            postcode="32-050",
            city="Skawina",
        ),
        DemoUnit(name="Serwis Tarnów", under="Centrala", line1="ul. Krakowska 46", postcode="33-100", city="Tarnów"),
        DemoUnit(name="Oddział Gdańsk", under="Centrala", line1="ul. Heweliusza 11", postcode="80-890", city="Gdańsk"),
    ),
    people=(
        DemoPerson(
            first_name="Dora",
            last_name="Zielińska",
            email="dora@acme.example",
            unit="Centrala",
            roles=("administrator",),
            what="administers the organisation",
        ),
        DemoPerson(
            first_name="Anna",
            last_name="Kowalska",
            email="anna@acme.example",
            unit="Oddział Kraków",
            roles=("requester",),
            what="orders for Kraków",
        ),
        DemoPerson(
            first_name="Ben",
            last_name="Nowak",
            email="ben@acme.example",
            unit="Oddział Kraków",
            roles=("requester", "approver"),
            what="orders and accepts for Kraków",
        ),
        DemoPerson(
            first_name="Cora",
            last_name="Wiśniewska",
            email="cora@acme.example",
            unit="Centrala",
            roles=("approver",),
            language="en",
            what="accepts for the whole company",
        ),
        DemoPerson(
            first_name="Ewa",
            last_name="Dąbrowska",
            email="ewa@acme.example",
            unit="Oddział Kraków",
            roles=("requester",),
            what="orders for Kraków",
        ),
        DemoPerson(
            first_name="Piotr",
            last_name="Zieliński",
            email="piotr@acme.example",
            unit="Magazyn Skawina",
            roles=("requester",),
            what="orders for Skawina",
        ),
        DemoPerson(
            first_name="Jan",
            last_name="Mazur",
            email="jan@acme.example",
            unit="Serwis Tarnów",
            roles=("requester",),
            what="orders for Tarnów",
        ),
        DemoPerson(
            first_name="Teresa",
            last_name="Sowa",
            email="teresa@acme.example",
            unit="Serwis Tarnów",
            roles=("requester",),
            rights=("accept_orders",),
            accepts_up_to=Decimal(1000),
            what="orders and accepts for Tarnów, up to PLN 1,000",
        ),
        DemoPerson(
            first_name="Filip",
            last_name="Baran",
            email="filip@acme.example",
            unit="Centrala",
            roles=("accountant",),
            what="accounting: sees every order",
        ),
        DemoPerson(
            first_name="Iga",
            last_name="Pawlak",
            email="iga@acme.example",
            unit="Oddział Gdańsk",
            what="sees prices and may not order",
        ),
    ),
)

UMBRA: Final = DemoOrganization(
    name="Umbra Logistyka S.A.",
    nip="9452187303",
    confirmed=True,
    units=(
        DemoUnit(name="Centrala", under=None, line1="ul. Legnicka 48", postcode="54-202", city="Wrocław"),
        DemoUnit(name="Terminal Opole", under="Centrala", line1="ul. Wspólna 9", postcode="45-837", city="Opole"),
    ),
    people=(
        DemoPerson(
            first_name="Otto",
            last_name="Lis",
            email="otto@umbra.example",
            unit="Centrala",
            roles=("requester", "approver", "administrator"),
            what="does everything in the other company",
        ),
        DemoPerson(
            first_name="Lena",
            last_name="Król",
            email="lena@umbra.example",
            unit="Terminal Opole",
            roles=("requester",),
            what="orders for Opole",
        ),
    ),
)

PENDING: Final = DemoOrganization(
    name="Drukarnia Nadwiślańska s.c.",
    nip="5213904604",
    confirmed=False,
    units=(DemoUnit(name="Centrala", under=None, line1="ul. Portowa 2", postcode="87-100", city="Toruń"),),
    people=(
        DemoPerson(
            first_name="Hanna",
            last_name="Górska",
            email="hanna@drukarnia.example",
            unit="Centrala",
            roles=("requester", "approver", "administrator"),
            what="waits for the shop to confirm the company",
        ),
    ),
)

ORGANIZATIONS: Final = (ACME, UMBRA, PENDING)

PRIVATE: Final = DemoPerson(
    first_name="Paweł", last_name="Wrona", email="pawel@wrona.example", what="a customer without an organisation"
)
STAFF: Final = DemoPerson(
    first_name="Mia", last_name="Sikora", email="mia@biurodom.example", what="runs the shop: /dashboard/"
)


def logins() -> list[tuple[str, str]]:
    """Return (e-mail, what this person does) for everybody who can log in with `PASSWORD`."""
    rows = [
        (person.email, f"{person.first_name} {person.last_name}, {organization.name}: {person.what}")
        for organization in ORGANIZATIONS
        for person in organization.people
    ]
    return [
        *rows,
        (PRIVATE.email, f"{PRIVATE.first_name} {PRIVATE.last_name}: {PRIVATE.what}"),
        (STAFF.email, f"{STAFF.first_name} {STAFF.last_name}: {STAFF.what}"),
    ]
