"""Brings the shop's orders into the books of an ERP, each once, wherever this process is killed.

    AKCEPT=https://shop.example.com CLIENT_ID=... CLIENT_SECRET=... python erp_sync.py books.sqlite3

Run it as often as you like, by a timer say. The books are an SQLite file here: put your ERP in the place of `Books`.
All it needs is what Python brings. What makes it safe:

- an order is booked under a unique number of the shop's, in one transaction of the books, before the shop is answered:
  killed in between, the next run finds it there and answers, or gets it again under another lease and books nothing;
- the answer said twice is said once; what was fetched and not booked comes back when its lease is over.
"""

import base64
import json
import os
import sqlite3
import sys
import urllib.error
import urllib.parse
import urllib.request

USAGE = "AKCEPT=https://shop.example.com CLIENT_ID=... CLIENT_SECRET=... python erp_sync.py books.sqlite3"
AT_ONCE = 10
MINUTES = 5


class Refused(Exception):
    """The shop says no; `code` is stable."""

    def __init__(self, problem):
        super().__init__(problem["detail"])
        self.code = problem["code"]


class CannotBook(Exception):
    """The ERP does not take an order; a person has to look at it."""


class Shop:
    """The shop's API, as much of it as is needed here."""

    def __init__(self, address, client_id, client_secret):
        self.root = address.rstrip("/") + "/api/v1"
        pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        grant = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        answer = self._sent("POST", "/oauth/token", grant, {"Authorization": "Basic " + pair})
        self.token = answer["access_token"]

    def call(self, method, path, body=None):
        """Return what the shop answers. Raises Refused; urllib's errors where it does not answer or is in trouble."""
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}
        return self._sent(method, path, None if body is None else json.dumps(body).encode(), headers)

    def _sent(self, method, path, data, headers):
        request = urllib.request.Request(self.root + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code >= 500 or error.code == 429:
                raise
            raise Refused(json.load(error)) from None


class Books:
    """Stands for the ERP: orders under numbers of its own, and what the shop is still to be answered."""

    def __init__(self, path):
        self.file = sqlite3.connect(path, isolation_level=None)
        self.file.execute("PRAGMA synchronous = FULL")
        self.file.execute(
            "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT UNIQUE NOT NULL,"
            " document TEXT NOT NULL, lease TEXT NOT NULL, state TEXT NOT NULL)"
        )

    def book(self, order, lease):
        """Write an order, or only its new lease where it is there already: one statement, whole or not at all."""
        if order["total_gross"]["currency"] != "PLN":
            raise CannotBook("Only orders in PLN are booked here.")
        self.file.execute(
            "INSERT INTO orders (number, document, lease, state) VALUES (?, ?, ?, 'booked') ON CONFLICT (number)"
            " DO UPDATE SET document = excluded.document, lease = excluded.lease, state = 'booked'",
            (order["number"], json.dumps(order), lease),
        )

    def unanswered(self):
        """Return what is booked and the shop does not know yet: number, lease, our number."""
        rows = self.file.execute("SELECT number, lease, id FROM orders WHERE state = 'booked' ORDER BY id")
        return [(number, lease, f"ZK/{key}") for number, lease, key in rows]

    def note(self, number, state):
        """Note what became of an order: `answered`, or `stopped` for one that nobody may go on with."""
        self.file.execute("UPDATE orders SET state = ? WHERE number = ?", (state, number))


def answer(shop, books):
    """Tell the shop of all that is booked."""
    for number, lease, ours in books.unanswered():
        try:
            shop.call("POST", f"/work/orders/{number}/acknowledge", {"lease": lease, "external_number": ours})
        except Refused as refusal:
            if refusal.code == "lease_lost":
                continue  # it comes back under another lease
            if refusal.code not in ("order_held", "illegal_move"):
                raise
            books.note(number, "stopped")
            print(f"{number}: {refusal}", file=sys.stderr)
        else:
            books.note(number, "answered")
            print(f"{number} {ours}")


def fetch(shop, books):
    """Book the next orders and return how many there were."""
    leased = shop.call("POST", "/work/claim", {"most": AT_ONCE, "minutes": MINUTES})["items"]
    for each in leased:
        number, lease = each["number"], each["lease"]
        try:
            books.book(shop.call("GET", f"/work/orders/{number}"), lease)
        except CannotBook as why:
            shop.call("POST", f"/work/orders/{number}/failed", {"lease": lease, "text": str(why)})
        except Refused as refusal:
            if refusal.code != "order_held":  # taken back meanwhile
                raise
    return len(leased)


def run(shop, books):
    """Answer what an earlier run has booked, then fetch until there is nothing more."""
    answer(shop, books)
    while fetch(shop, books):
        answer(shop, books)


def main():
    """Run once; exit with 75, "try again", where the shop does not answer, with 1 where it refuses."""
    given = [os.environ.get(name, "") for name in ("AKCEPT", "CLIENT_ID", "CLIENT_SECRET")]
    if len(sys.argv) != 2 or not all(given):
        sys.exit(print(f"Name the shop, the system and the books: {USAGE}", file=sys.stderr) or 2)
    try:
        run(Shop(*given), Books(sys.argv[1]))
    except Refused as refusal:
        sys.exit(print(f"The shop refuses ({refusal.code}): {refusal}", file=sys.stderr) or 1)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        sys.exit(print(f"The shop does not answer: {error}", file=sys.stderr) or 75)


if __name__ == "__main__":
    main()
