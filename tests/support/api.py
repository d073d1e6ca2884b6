"""Another system, as tests need one: it has a token, and reads what it is answered."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from akcept.api import actions
from akcept.api.scopes import OF_MEMBERS, OF_MERCHANT
from akcept.testing.cast import Person

ROOT = "/api/v1"


@dataclass
class System:
    """Somebody's system, with a token of theirs."""

    token: str
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"{ROOT}{path}", query, headers=self._headers({}))

    def post(self, path: str, body: Any = None, *, version: int | None = None, key: str = "", **headers: str) -> Any:
        named = dict(headers)
        if version is not None:
            named["If-Match"] = f'"{version}"'
        if key:
            named["Idempotency-Key"] = key
        return self.client.post(
            f"{ROOT}{path}", json.dumps(body or {}), content_type="application/json", headers=self._headers(named)
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        given = {"Accept-Language": self.language, **more}
        return {"Authorization": f"Bearer {self.token}", **given} if self.token else given


def system_of(person: Person, *, scopes: Collection[str] | None = None, language: str = "en") -> System:
    """Return a system with a token of somebody's, for everything they may give unless scopes are named."""
    if person.staff:
        given = actions.give_client(actor=person.actor, name="ERP", scopes=scopes or sorted(OF_MERCHANT))
        return System(token=exchanged(given.credential.key, given.secret), language=language)
    made = actions.give_token(actor=person.actor, name="ERP", scopes=scopes or sorted(OF_MEMBERS))
    return System(token=made.secret, language=language)


def exchanged(client_id: str, secret: str) -> str:
    """Return the access token a client's id and secret are exchanged for."""
    sent = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return str(Client().post(f"{ROOT}/oauth/token", sent).json()["access_token"])


def order_of(*codes: str, quantity: int = 2, **terms: Any) -> dict[str, Any]:
    """Return an order of so many pieces of products, to be sent to an address of the unit."""
    return {"lines": [{"code": code, "quantity": quantity} for code in codes], "delivery": "courier", **terms}
