"""What people type into the shop of the demo, and how a code begins of which one must be among the first three found.

Words in any form and order; without marks, in any capitals; mistyped; codes, whole and in part.
"""

from __future__ import annotations

from typing import Final

_TABLE: Final = """
papieru = PA
papier a4 = PA
a4 papier ksero = PAP
papier ksero a3 = PAP-A3
ksero 90 g = PAP-A4-90
papieru toaletowego = PTO
kolorowy papier żółty = PAK-ZOL
koperta = KO
kopert z oknem = KOP-DL-O
koperty bąbelkowej = KOB
notesy = NOT
samoprzylepne notesy = NOT
kołonotatniki = KOL
etykieta = ETY
długopisów = DL
długopis żelowy czerwony = DLZ-R
czerwone długopisy = DL
markera = MA
zakreślacze = ZAK
ołówków = OLO
ołówek HB = OLO-HB
korektora = KOR
segregatory = SEG
segregator 75 mm czerwony = SEG75-R
koszulka na dokumenty = KOS
teczki = TEC
pudeł archiwizacyjnych = PUD
pudło = PUD
zszywacze = ZSZ
zszywek = ZSK
dziurkacza = DZI
taśmy = TA
taśm pakowych = TAS-48
taśma dwustronna = TAS-38D
kleju = KLE
nożyczek = NOZ
spinaczy = SPI
klipsy = KLI
tonerów = TON
toner h26a = TON-H26A
niszczarki = NIS
laminatora = LAM
folii do laminowania = FOL
kalkulatory = KAL
myszy bezprzewodowe = MYS
przedłużaczy = PRZ
fotele = FOT
krzeseł = KRZ
biurek = BIU
biurko elektryczne = BIU-E140
elektryczne biurko 140 = BIU-E140
szafy = SZA
tablicy magnetycznej = TAB
płyn do podłogi = PLP
podłogi płyn lawenda = PLP-L5
żelu do toalety = ZEL
szyba = PLS
tabletek do zmywarek = TAZ
ręcznik = R
ręczników papierowych = RZZ
mydeł = MYD
worki 120 l = WOR-120
worek na śmieci = WOR
mopa = MOP
wózki = W
ściereczek = SCI
gąbka = GAB
kosza na śmieci = KOZ
kluczy = KLU
młotków = MLO
młotka 500 = MLO-500
szczypiec = SCZ
poziomicę = POZ
wiertarka = WWK
wkrętarki = WWK
wierteł = WIE
kołków = KOL-R
rękawic = R
rękawice nitrylowe l = RNI-L
butów = BUT
buty 43 = BUT-43
apteczki = APT
kartonów = KAR
kaw = KA
kawę ziarnistą = KAW
herbat = HER
zielona herbata = HER-Z
wody = WOD
woda gazowana = WOD-G05
kubków papierowych = NAJ-K250
ciastek = CIA
rekawice = R
zrodlana = WOD
ZIELONA TECZKA = TEC-Z
ŻÓŁTA taśma = TAI-ZZ
mydlo w plynie = MYD
scierki = SCI
segregatr = SEG
segergator = SEG
dlugpis = DL
papeir = PA
niszcarka = NIS
laminatro = LAM
rekawcie = R
kopetra = KO
odkamieniac = ODK
przedlużcz = PRZ
apteczak = APT
klakulator = KAL
PAP-A4-80 = PAP-A4-80
pap-a4-80 = PAP-A4-80
papa480 = PAP-A4-80
pap a4 80 = PAP-A4-80
A4-REC = PAP-A4-REC
h26a = TON-H26A
fot-wis = FOT-WIS
seg75 = SEG75
WIS-02 = FOT-WIS-02
c046k = TON-C046K
"""

#: (what is typed, how the code begins of a product that was meant).
ASKED: Final = tuple((typed, code) for typed, code in (line.split(" = ") for line in _TABLE.strip().splitlines()))
