"""The demo's products (data): families of office, cleaning and workshop goods; net prices in PLN."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stdnum.ean import calc_check_digit

#: Brands of the demo are invented; GS1's prefix 590 is Poland's.
_EAN_PREFIX: Final = "5907700"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Products alike but for size or colour; `variants` are (suffix of the name, code, net price)."""

    category: str
    name: str
    code: str
    unit: str
    picture: str
    variants: tuple[tuple[str, str, str], ...]
    vat: int = 23
    text: str = ""


def _f(
    category: str, name: str, code: str, unit: str, picture: str, *variants: str, vat: int = 23, text: str = ""
) -> Family:
    """Write a family in one line: a variant is "suffix|CODE|price"."""
    parsed = []
    for variant in variants:
        suffix, variant_code, price = variant.split("|")
        parsed.append((suffix, variant_code, price))
    return Family(
        category=category,
        name=name,
        code=code,
        unit=unit,
        picture=picture,
        variants=tuple(parsed),
        vat=vat,
        text=text,
    )


_PAPER, _WRITE, _FILE, _DESK = (
    f"Biuro > {name}" for name in ("Papier i koperty", "Pisanie", "Segregowanie", "Na biurko")
)
_MACHINE, _FURNITURE = "Biuro > Urządzenia i materiały", "Biuro > Meble"
_CLEAN, _HYGIENE, _TOOLS_CLEAN = (
    f"Czystość > {name}" for name in ("Środki czystości", "Papier i higiena", "Sprzęt do sprzątania")
)
_HAND, _POWER, _FASTEN, _SAFETY, _STORE = (
    f"Warsztat > {name}"
    for name in ("Narzędzia ręczne", "Elektronarzędzia", "Mocowania", "Bezpieczeństwo pracy", "Magazyn i pakowanie")
)
_KITCHEN = "Kuchnia i goście"

FAMILIES: Final = (
    _f(_PAPER + " > Papier ksero", "Papier ksero Tatra", "PAP", "ryza", "paper", "A4 80 g biały|A4-80|18.90", "A4 90 g biały|A4-90|24.50", "A4 100 g satynowy|A4-100|31.20", "A4 160 g|A4-160|27.40", "A3 80 g biały|A3-80|38.60", "A5 80 g biały|A5-80|10.90", "A4 80 g makulaturowy|A4-REC|16.80", text="Do drukarek laserowych i atramentowych, białość 161 CIE. Ryza 500 arkuszy."),
    _f(_PAPER + " > Papier ksero", "Papier ksero Tatra A4 80 g, karton 5 ryz", "PAP-KAR", "karton", "paper", "biały|80|84.90", "ekologiczny|REC|79.50"),
    _f(_PAPER + " > Papier kolorowy", "Papier kolorowy A4 80 g", "PAK", "ryza", "paper", "żółty|ZOL|29.90", "zielony|ZIE|29.90", "niebieski|NIE|29.90", "różowy|ROZ|29.90", "pomarańczowy|POM|32.90", "mix pastelowy|MIX|34.90"),
    _f(_PAPER + " > Koperty", "Koperty białe samoklejące", "KOP", "opak.", "envelope", "DL z oknem, 500 szt.|DL-O|46.80", "DL bez okna, 500 szt.|DL|44.20", "C6, 1000 szt.|C6|58.40", "C5, 500 szt.|C5|61.90", "C4, 250 szt.|C4|72.30", "B4 z rozszerzonym dnem, 50 szt.|B4-R|54.70"),
    _f(_PAPER + " > Koperty", "Koperty bąbelkowe", "KOB", "opak.", "envelope", "11/A, 200 szt.|A|79.00", "13/C, 100 szt.|C|62.00", "15/E, 100 szt.|E|84.50", "18/H, 100 szt.|H|118.00"),
    _f(_PAPER + " > Notesy i bloki", "Notes samoprzylepny", "NOT", "opak.", "paper", "38 × 51 mm, 12 bloczków|38|14.90", "76 × 76 mm, 12 bloczków|76|26.40", "76 × 127 mm, 6 bloczków|127|19.80", "kostka 76 × 76 mm neon|NEO|12.60"),
    _f(_PAPER + " > Notesy i bloki", "Kołonotatnik w kratkę", "KOL", "szt.", "paper", "A4, 80 kartek|A4|9.80", "A5, 80 kartek|A5|6.40", "A6, 50 kartek|A6|3.90"),
    _f(_PAPER + " > Etykiety", "Etykiety samoprzylepne A4, 100 arkuszy", "ETY", "opak.", "paper", "70 × 37 mm|70|32.50", "105 × 48 mm|105|32.50", "210 × 297 mm|210|33.90", "38 × 21,2 mm|38|34.20"),
    _f(_WRITE + " > Długopisy", "Długopis żelowy Linia 0,5 mm", "DLZ", "szt.", "pen", "niebieski|N|3.20", "czarny|C|3.20", "czerwony|R|3.20", "zielony|Z|3.20"),
    _f(_WRITE + " > Długopisy", "Długopis automatyczny Orlik", "DLA", "szt.", "pen", "niebieski|N|1.45", "czarny|C|1.45", "czerwony|R|1.45"),
    _f(_WRITE + " > Długopisy", "Długopisy Orlik, opakowanie 50 szt.", "DLO", "opak.", "pen", "niebieskie|N50|58.00", "czarne|C50|58.00"),
    _f(_WRITE + " > Markery", "Marker permanentny 2-5 mm", "MAP", "szt.", "pen", "czarny|C|3.90", "niebieski|N|3.90", "czerwony|R|3.90", "zielony|Z|3.90"),
    _f(_WRITE + " > Markery", "Marker suchościeralny", "MAS", "szt.", "pen", "czarny|C|4.60", "niebieski|N|4.60", "czerwony|R|4.60", "zestaw 4 kolory|4K|17.20"),
    _f(_WRITE + " > Markery", "Zakreślacz fluorescencyjny", "ZAK", "szt.", "pen", "żółty|ZOL|2.70", "zielony|ZIE|2.70", "różowy|ROZ|2.70", "pomarańczowy|POM|2.70", "zestaw 6 kolorów|6K|15.30"),
    _f(_WRITE + " > Ołówki i korekta", "Ołówek grafitowy", "OLO", "szt.", "pen", "HB z gumką|HB|0.95", "2B|2B|0.95", "H|H|0.95"),
    _f(_WRITE + " > Ołówki i korekta", "Korektor", "KOR", "szt.", "pen", "w taśmie 5 mm × 8 m|T|6.80", "w pędzelku 20 ml|P|3.40", "w piórze 8 ml|W|4.90"),
    _f(_FILE + " > Segregatory", "Segregator A4 z mechanizmem 75 mm", "SEG75", "szt.", "binder", "czarny|C|9.40", "niebieski|N|9.40", "czerwony|R|9.40", "zielony|Z|9.40", "żółty|ZO|9.40", "szary|S|9.40"),
    _f(_FILE + " > Segregatory", "Segregator A4 z mechanizmem 50 mm", "SEG50", "szt.", "binder", "czarny|C|8.90", "niebieski|N|8.90", "czerwony|R|8.90", "szary|S|8.90"),
    _f(_FILE + " > Teczki i koszulki", "Koszulki na dokumenty A4", "KOS", "opak.", "binder", "40 µm, 100 szt.|40|11.20", "55 µm krystaliczne, 100 szt.|55|19.90", "90 µm, 50 szt.|90|17.60"),
    _f(_FILE + " > Teczki i koszulki", "Teczka z gumką A4", "TEC", "szt.", "binder", "biała|B|1.60", "niebieska|N|1.90", "czerwona|R|1.90", "zielona|Z|1.90"),
    _f(_FILE + " > Archiwizacja", "Pudło archiwizacyjne", "PUD", "szt.", "box", "80 mm|80|3.40", "100 mm|100|3.80", "120 mm|120|4.20", "zbiorcze z wiekiem|ZB|14.50"),
    _f(_DESK + " > Zszywanie", "Zszywacz Orzeł", "ZSZ", "szt.", "stapler", "do 20 kartek|20|18.60", "do 40 kartek|40|34.90", "do 100 kartek|100|129.00"),
    _f(_DESK + " > Zszywanie", "Zszywki stalowe", "ZSK", "opak.", "stapler", "24/6, 1000 szt.|246|2.20", "26/6, 1000 szt.|266|2.20", "23/13, 1000 szt.|2313|6.90"),
    _f(_DESK + " > Zszywanie", "Dziurkacz Orzeł", "DZI", "szt.", "stapler", "do 20 kartek|20|24.90", "do 60 kartek|60|89.00"),
    _f(_DESK + " > Klejenie i cięcie", "Taśma klejąca", "TAS", "szt.", "tape", "19 mm × 33 m przezroczysta|19|3.10", "24 mm × 20 m niewidoczna|24|5.90", "pakowa 48 mm × 50 m brązowa|48B|4.80", "pakowa 48 mm × 50 m przezroczysta|48P|4.80", "dwustronna 38 mm × 5 m|38D|8.40"),
    _f(_DESK + " > Klejenie i cięcie", "Klej w sztyfcie", "KLE", "szt.", "tape", "10 g|10|2.40", "21 g|21|3.90", "36 g|36|5.60"),
    _f(_DESK + " > Klejenie i cięcie", "Nożyczki biurowe", "NOZ", "szt.", "scissors", "17 cm|17|9.90", "21 cm|21|12.80", "25 cm|25|19.40"),
    _f(_DESK + " > Drobne", "Spinacze metalowe, 100 szt.", "SPI", "opak.", "clip", "28 mm|28|1.30", "33 mm|33|1.60", "50 mm|50|3.20"),
    _f(_DESK + " > Drobne", "Klipy biurowe czarne, 12 szt.", "KLI", "opak.", "clip", "19 mm|19|2.60", "32 mm|32|4.90", "51 mm|51|9.80"),
    _f(_MACHINE + " > Tonery", "Toner zamienny Druk", "TON", "szt.", "toner", "H26A czarny|H26A|189.00", "H59X czarny|H59X|289.00", "B2421 czarny|B2421|119.00", "K1170 czarny|K1170|139.00", "C046 cyan|C046C|159.00", "C046 magenta|C046M|159.00", "C046 żółty|C046Y|159.00", "C046 czarny|C046K|159.00"),
    _f(_MACHINE + " > Niszczarki i laminatory", "Niszczarka Wisła", "NIS", "szt.", "device", "8 kartek, ścinki|8|389.00", "12 kartek, ścinki|12|749.00", "20 kartek, mikrościnki|20|1890.00"),
    _f(_MACHINE + " > Niszczarki i laminatory", "Laminator", "LAM", "szt.", "device", "A4|A4|219.00", "A3|A3|429.00"),
    _f(_MACHINE + " > Niszczarki i laminatory", "Folia do laminowania A4, 100 szt.", "FOL", "opak.", "paper", "80 µm|80|32.00", "100 µm|100|41.00", "125 µm|125|52.00"),
    _f(_MACHINE + " > Drobna elektronika", "Kalkulator biurkowy", "KAL", "szt.", "device", "10 pozycji|10|39.00", "12 pozycji|12|59.00", "drukujący|DR|289.00"),
    _f(_MACHINE + " > Drobna elektronika", "Mysz bezprzewodowa", "MYS", "szt.", "device", "czarna|C|69.00", "szara|S|69.00", "pionowa|P|139.00"),
    _f(_MACHINE + " > Drobna elektronika", "Przedłużacz z uziemieniem", "PRZ", "szt.", "device", "3 gniazda, 3 m|33|34.00", "5 gniazd, 3 m|53|48.00", "5 gniazd z wyłącznikiem, 5 m|55W|67.00"),
    _f(_FURNITURE + " > Fotele", "Fotel ergonomiczny Wisła", "FOT-WIS", "szt.", "chair", "czarny|01|689.00", "szary|02|689.00", "granatowy|03|719.00"),
    _f(_FURNITURE + " > Fotele", "Krzesło konferencyjne Narew", "KRZ-NAR", "szt.", "chair", "czarne|01|189.00", "szare|02|189.00"),
    _f(_FURNITURE + " > Biurka i szafy", "Biurko Biebrza", "BIU", "szt.", "desk", "120 × 70 cm|120|549.00", "140 × 70 cm|140|599.00", "160 × 80 cm|160|689.00", "z elektryczną regulacją 140 cm|E140|1690.00"),
    _f(_FURNITURE + " > Biurka i szafy", "Szafa aktowa metalowa", "SZA", "szt.", "desk", "80 × 195 cm|80|1180.00", "100 × 195 cm|100|1340.00", "socjalna dwukomorowa|SOC|890.00"),
    _f(_FURNITURE + " > Tablice", "Tablica suchościeralna magnetyczna", "TAB", "szt.", "board", "60 × 90 cm|60|98.00", "90 × 120 cm|90|169.00", "100 × 200 cm|200|389.00"),
    _f(_CLEAN + " > Podłogi", "Płyn do podłóg Bystrza", "PLP", "szt.", "bottle", "uniwersalny 1 l|1|9.80", "uniwersalny 5 l|5|36.40", "lawenda 5 l|L5|38.90", "do paneli 1 l|P1|12.40", "zapachowy koncentrat 10 l|K10|98.00"),
    _f(_CLEAN + " > Łazienka", "Żel do toalet Bystrza", "ZEL", "szt.", "bottle", "750 ml|075|7.90", "1,25 l|125|10.90", "koncentrat 5 l|5|44.00"),
    _f(_CLEAN + " > Łazienka", "Odkamieniacz Bystrza", "ODK", "szt.", "bottle", "500 ml|05|9.20", "1 l|1|14.60", "5 l|5|58.00"),
    _f(_CLEAN + " > Szyby i meble", "Płyn do szyb Bystrza", "PLS", "szt.", "spray", "z rozpylaczem 750 ml|075|8.70", "zapas 5 l|5|31.50"),
    _f(_CLEAN + " > Szyby i meble", "Preparat do mebli", "PRM", "szt.", "spray", "spray 300 ml|300|11.30", "mleczko 500 ml|500|12.90"),
    _f(_CLEAN + " > Naczynia", "Płyn do naczyń Rosa", "PLN", "szt.", "bottle", "cytrynowy 1 l|C1|6.90", "cytrynowy 5 l|C5|27.80", "balsam 1 l|B1|8.40"),
    _f(_CLEAN + " > Naczynia", "Tabletki do zmywarki", "TAZ", "opak.", "box", "40 szt.|40|29.90", "100 szt.|100|64.00"),
    _f(_CLEAN + " > Odtłuszczanie i dezynfekcja", "Odtłuszczacz przemysłowy", "ODT", "szt.", "spray", "1 l|1|16.80", "5 l|5|68.00", "20 l|20|238.00"),
    _f(_CLEAN + " > Odtłuszczanie i dezynfekcja", "Płyn do dezynfekcji powierzchni", "DEZ", "szt.", "spray", "1 l|1|19.60", "5 l|5|79.00", vat=8),
    _f(_HYGIENE + " > Ręczniki", "Ręczniki papierowe ZZ", "RZZ", "karton", "roll", "szare, 4000 szt.|S|58.00", "zielone, 4000 szt.|Z|61.00", "białe 2-warstwowe, 3000 szt.|B|89.00"),
    _f(_HYGIENE + " > Ręczniki", "Ręcznik w roli", "RRO", "opak.", "roll", "mini, 12 rolek|M|72.00", "maxi, 6 rolek|X|84.00", "kuchenny, 2 rolki|K|7.20"),
    _f(_HYGIENE + " > Papier toaletowy", "Papier toaletowy", "PTO", "opak.", "roll", "jumbo, 12 rolek|J|64.00", "mała rolka 3-warstwowy, 64 szt.|M3|82.00", "ekonomiczny, 64 szt.|E|54.00"),
    _f(_HYGIENE + " > Mydła", "Mydło w płynie Rosa", "MYD", "szt.", "bottle", "białe 5 l|B5|28.60", "konwalia 5 l|K5|29.90", "antybakteryjne 5 l|A5|44.00", "pianka 0,8 l|P08|22.40", "z pompką 500 ml|500|7.60"),
    _f(_HYGIENE + " > Mydła", "Krem do rąk", "KRE", "szt.", "bottle", "75 ml|75|6.20", "500 ml z pompką|500|24.80"),
    _f(_HYGIENE + " > Worki", "Worki na śmieci", "WOR", "rolka", "bag", "35 l, 50 szt.|35|6.90", "60 l, 50 szt.|60|10.40", "120 l mocne, 25 szt.|120|16.80", "160 l mocne, 20 szt.|160|21.90", "240 l mocne, 10 szt.|240|19.60", "do segregacji 60 l, 3 kolory|SEG|24.30"),
    _f(_TOOLS_CLEAN + " > Mopy", "Mop płaski z kieszeniami", "MOP", "szt.", "mop", "40 cm|40|24.90", "50 cm|50|29.90", "nakładka bawełniana 40 cm|N40|14.80", "nakładka z mikrofibry 40 cm|M40|17.20"),
    _f(_TOOLS_CLEAN + " > Mopy", "Wózek do sprzątania", "WOZ", "szt.", "mop", "jednowiadrowy z prasą|1|349.00", "dwuwiadrowy z prasą|2|489.00", "serwisowy z workiem|S|1290.00"),
    _f(_TOOLS_CLEAN + " > Ściereczki i gąbki", "Ściereczki z mikrofibry, 10 szt.", "SCI", "opak.", "cloth", "niebieskie|N|24.00", "czerwone|R|24.00", "zielone|Z|24.00", "żółte|ZO|24.00"),
    _f(_TOOLS_CLEAN + " > Ściereczki i gąbki", "Gąbki i zmywaki", "GAB", "opak.", "cloth", "kuchenne, 10 szt.|10|5.40", "zmywaki druciane, 3 szt.|D3|4.10"),
    _f(_TOOLS_CLEAN + " > Szczotki i kosze", "Szczotka", "SZC", "szt.", "mop", "zamiatacz 40 cm z kijem|40|32.00", "uliczna 60 cm|60|46.00", "zmiotka z szufelką|ZM|14.90"),
    _f(_TOOLS_CLEAN + " > Szczotki i kosze", "Kosz na śmieci z pedałem", "KOZ", "szt.", "box", "12 l|12|79.00", "30 l|30|139.00", "50 l|50|189.00"),
    _f(_HAND + " > Klucze", "Klucz płasko-oczkowy Kuźnia", "KLU", "szt.", "wrench", "8 mm|8|7.90", "10 mm|10|8.60", "13 mm|13|10.40", "17 mm|17|13.90", "19 mm|19|15.80", "zestaw 6-22 mm, 12 szt.|Z12|149.00"),
    _f(_HAND + " > Klucze", "Zestaw nasadek Kuźnia", "NAS", "kpl.", "wrench", "1/4 cala, 46 szt.|46|119.00", "1/2 cala, 94 szt.|94|329.00", "bity, 32 szt.|32|59.00"),
    _f(_HAND + " > Wkrętaki", "Wkrętak Kuźnia", "WKR", "szt.", "wrench", "PH1 × 80|PH1|8.20", "PH2 × 100|PH2|9.10", "płaski 5,5 × 125|P5|8.90", "TX20 × 100|TX20|10.80", "zestaw 8 szt.|Z8|74.00", "izolowane 1000 V, 7 szt.|I7|118.00"),
    _f(_HAND + " > Młotki i szczypce", "Młotek ślusarski", "MLO", "szt.", "hammer", "300 g|300|22.40", "500 g|500|26.90", "1000 g|1000|36.80"),
    _f(_HAND + " > Młotki i szczypce", "Szczypce Kuźnia", "SCZ", "szt.", "hammer", "uniwersalne 180 mm|U|32.00", "boczne 160 mm|B|31.00", "nastawne 250 mm|N|38.00"),
    _f(_HAND + " > Miary i poziomice", "Miara zwijana", "MIA", "szt.", "ruler", "3 m|3|9.80", "5 m|5|14.60", "8 m|8|24.90"),
    _f(_HAND + " > Miary i poziomice", "Poziomica aluminiowa", "POZ", "szt.", "ruler", "40 cm|40|29.00", "80 cm|80|46.00", "120 cm|120|68.00"),
    _f(_HAND + " > Cięcie", "Ostrza łamane, 10 szt.", "OST", "opak.", "ruler", "9 mm|9|4.60", "18 mm|18|6.20", "25 mm|25|11.40"),
    _f(_HAND + " > Cięcie", "Nóż do kartonu", "NOK", "szt.", "ruler", "18 mm|18|12.90", "bezpieczny|B|29.80"),
    _f(_POWER + " > Wiertarki i wkrętarki", "Wiertarko-wkrętarka Kuźnia", "WWK", "szt.", "drill", "12 V, 2 akumulatory|12|389.00", "18 V, 2 akumulatory|18|649.00", "18 V udarowa|18U|789.00"),
    _f(_POWER + " > Szlifierki", "Szlifierka kątowa Kuźnia", "SZK", "szt.", "drill", "125 mm 900 W|125|219.00", "125 mm 1400 W|125R|349.00", "230 mm 2200 W|230|489.00"),
    _f(_POWER + " > Osprzęt", "Tarcza do cięcia metalu", "TAR", "szt.", "disc", "125 × 1,0|125|3.40", "125 × 1,6|1256|3.60", "230 × 2,0|230|7.80", "opakowanie 25 szt. 125 × 1,0|O25|74.00"),
    _f(_POWER + " > Osprzęt", "Wiertła", "WIE", "kpl.", "disc", "do metalu 1-10 mm, 19 szt.|M19|64.00", "do betonu SDS, 7 szt.|B7|49.00", "do drewna, 8 szt.|D8|32.00"),
    _f(_FASTEN + " > Kołki i wkręty", "Kołki rozporowe z wkrętem, 100 szt.", "KOL-R", "opak.", "screw", "6 × 40|6|14.20", "8 × 50|8|19.80", "10 × 60|10|29.60", "12 × 70|12|46.00"),
    _f(_FASTEN + " > Kołki i wkręty", "Wkręty do drewna, 200 szt.", "WKD", "opak.", "screw", "3,5 × 35|3535|12.40", "4 × 40|440|15.90", "5 × 60|560|24.60", "6 × 120|6120|58.00"),
    _f(_FASTEN + " > Opaski i taśmy", "Opaski zaciskowe, 100 szt.", "OPA", "opak.", "screw", "100 × 2,5 czarne|100|4.20", "200 × 3,6 czarne|200|8.60", "300 × 4,8 czarne|300|15.40", "370 × 4,8 białe|370|18.90"),
    _f(_FASTEN + " > Opaski i taśmy", "Taśma izolacyjna 19 mm × 20 m", "TAI", "szt.", "tape", "czarna|C|4.90", "czerwona|R|4.90", "niebieska|N|4.90", "żółto-zielona|ZZ|4.90"),
    _f(_FASTEN + " > Chemia techniczna", "Preparat techniczny w sprayu", "SPR", "szt.", "spray", "wielofunkcyjny 400 ml|W|18.90", "smar biały 400 ml|S|21.40", "zmywacz hamulców 600 ml|Z|12.80", "kontakt 300 ml|K|23.60"),
    _f(_SAFETY + " > Rękawice", "Rękawice nitrylowe, 100 szt.", "RNI", "opak.", "glove", "S|S|24.90", "M|M|24.90", "L|L|24.90", "XL|XL|24.90"),
    _f(_SAFETY + " > Rękawice", "Rękawice robocze powlekane", "RRP", "para", "glove", "8|8|3.60", "9|9|3.60", "10|10|3.60", "antyprzecięciowe 9|A9|18.90", "antyprzecięciowe 10|A10|18.90"),
    _f(_SAFETY + " > Ochrona głowy i oczu", "Ochrona osobista", "OCH", "szt.", "helmet", "kask biały|KB|24.00", "kask żółty|KZ|24.00", "okulary bezbarwne|OB|9.80", "gogle chemoodporne|GO|21.60", "nauszniki 30 dB|NA|46.00", "stopery, 200 par|ST|84.00"),
    _f(_SAFETY + " > Odzież", "Kamizelka ostrzegawcza", "KAM", "szt.", "vest", "żółta L|ZL|8.90", "żółta XL|ZXL|8.90", "pomarańczowa L|PL|8.90"),
    _f(_SAFETY + " > Odzież", "Buty robocze S3", "BUT", "para", "boot", "41|41|189.00", "42|42|189.00", "43|43|189.00", "44|44|189.00", "45|45|189.00"),
    _f(_SAFETY + " > Pierwsza pomoc", "Apteczka", "APT", "szt.", "aid", "zakładowa DIN 13157|Z|89.00", "samochodowa DIN 13164|S|49.00", "ścienna metalowa|M|169.00", vat=8),
    _f(_SAFETY + " > Pierwsza pomoc", "Materiały opatrunkowe", "OPT", "opak.", "aid", "plastry, 100 szt.|P|12.40", "bandaż elastyczny 10 cm × 4 m, 10 szt.|B|28.00", "kompresy jałowe, 25 szt.|K|14.80", "płyn do płukania oczu 500 ml|O|39.00", vat=8),
    _f(_STORE + " > Kartony i folia", "Karton klapowy, 20 szt.", "KAR", "opak.", "box", "200 × 150 × 100 mm|200|24.80", "300 × 200 × 150 mm|300|38.60", "400 × 300 × 200 mm|400|56.40", "600 × 400 × 400 mm|600|118.00"),
    _f(_STORE + " > Kartony i folia", "Folia stretch 500 mm", "STR", "szt.", "roll", "przezroczysta 1,5 kg|P|19.80", "czarna 1,5 kg|C|21.60", "maszynowa 15 kg|M|189.00", "bąbelkowa 0,5 × 100 m|B|64.00"),
    _f(_STORE + " > Regały i wózki", "Regał metalowy", "REG", "szt.", "desk", "180 × 90 × 40, 5 półek|180|189.00", "200 × 100 × 50, 5 półek|200|289.00", "paletowy moduł 270 cm|PAL|1490.00"),
    _f(_STORE + " > Regały i wózki", "Wózek magazynowy", "WMG", "szt.", "desk", "platformowy 150 kg|P150|289.00", "platformowy 300 kg|P300|429.00", "paletowy 2500 kg|PAL|1390.00"),
    _f(_KITCHEN + " > Kawa", "Kawa ziarnista Poranek 1 kg", "KAW", "szt.", "cup", "klasyczna|1000|57.52", "ciemno palona|1001|61.40", "bezkofeinowa|1002|68.90"),
    _f(_KITCHEN + " > Kawa", "Kawa rozpuszczalna Poranek", "KAR-R", "szt.", "cup", "200 g|200|24.60", "500 g|500|52.80"),
    _f(_KITCHEN + " > Herbata", "Herbata Poranek, 100 torebek", "HER", "opak.", "cup", "czarna|C|16.40", "zielona|Z|18.90", "owocowa|O|17.60", "miętowa|M|15.80"),
    _f(_KITCHEN + " > Woda i soki", "Woda mineralna Źródlana", "WOD", "zgrzewka", "bottle", "niegazowana 12 × 0,5 l|N05|15.60", "gazowana 12 × 0,5 l|G05|15.60", "niegazowana 6 × 1,5 l|N15|11.40"),
    _f(_KITCHEN + " > Woda i soki", "Sok 100 % w kartonie, 12 × 1 l", "SOK", "zgrzewka", "bottle", "jabłkowy|J|58.80", "pomarańczowy|P|64.80", vat=5),
    _f(_KITCHEN + " > Słodycze i dodatki", "Do kawy", "DOK", "opak.", "cup", "cukier w saszetkach, 200 szt.|C|19.80", "śmietanka w kubeczkach, 240 szt.|S|44.00", "miód w saszetkach, 100 szt.|M|39.00", vat=5),
    _f(_KITCHEN + " > Słodycze i dodatki", "Ciastka maślane", "CIA", "karton", "biscuit", "1,4 kg|14|28.40", "mix 2 kg|2|39.80"),
    _f(_KITCHEN + " > Naczynia", "Naczynia jednorazowe", "NAJ", "opak.", "cup", "kubki papierowe 250 ml, 100 szt.|K250|16.80", "mieszadełka, 1000 szt.|MIE|14.20", "talerzyki papierowe, 100 szt.|TAL|18.60", "serwetki, 500 szt.|SER|12.40"),
    _f(_KITCHEN + " > Naczynia", "Filiżanka ze spodkiem, 6 szt.", "FIL", "kpl.", "cup", "biała 200 ml|200|84.00", "espresso 80 ml|80|72.00"),
)  # fmt: skip


def rows() -> Iterator[dict[str, str]]:
    """Yield the catalogue as rows of an import file; codes, EANs and stock follow from the order above."""
    number = 0
    for family in FAMILIES:
        for suffix, code, price in family.variants:
            number += 1
            body = f"{_EAN_PREFIX}{number:05d}"
            yield {
                "sku": f"{family.code}-{code}",
                "name": f"{family.name}, {suffix}",
                "ean": body + calc_check_digit(body),
                "net_price": price,
                "vat": str(family.vat),
                "stock": str(_stock(number, price)),
                "unit": family.unit,
                "category": family.category,
                "description": family.text or f"{family.name}, {suffix}.",
                "picture": f"demo/{family.picture}.png",
            }


def _stock(number: int, price: str) -> int:
    """Return a stock that looks lived in: plenty of what is cheap, few of what is dear, now and then none."""
    if number % 41 == 0:
        return 0
    plenty = 60 if float(price) > 300 else 400 if float(price) > 60 else 1500
    return plenty * (50 + number * 37 % 100) // 100 if number % 13 else 6


def write_csv(path: Path) -> int:
    """Write the import file; return the number of products."""
    return write_rows(path, list(rows()))


def write_rows(path: Path, products: Sequence[dict[str, str]]) -> int:
    """Write products as an import file; return their number."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(products[0]))
        writer.writeheader()
        writer.writerows(products)
    return len(products)
