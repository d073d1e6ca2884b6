"""The token endpoint (RFC 6749, client credentials): form fields in, an access token out."""

from __future__ import annotations

import base64
import binascii

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Form, Router, Schema
from pydantic import Field

from akcept.api import access
from akcept.api.access import InvalidClient
from akcept.api.operations import Answered, public
from akcept.kernel.errors import Refused

router = Router(tags=["access"])


class UnsupportedGrant(Refused):
    """Only client credentials are exchanged here."""

    code = "unsupported_grant_type"
    status = 400


class TokenSent(Schema):
    """What is exchanged; the client may also name itself in an Authorization header (Basic)."""

    grant_type: str = Field(max_length=60)
    client_id: str = Field(default="", max_length=60)
    client_secret: str = Field(default="", max_length=200)
    scope: str = Field(default="", max_length=500)


class TokenGiven(Schema):
    """An access token, for the header `Authorization: Bearer`."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


@public(
    router, "/oauth/token", answer=TokenGiven, name="exchange_token", summary="Exchange a client's secret for a token"
)
def exchange_token(request: HttpRequest, body: Form[TokenSent]) -> Answered:
    """Grant type `client_credentials`; the token counts for an hour."""
    if body.grant_type != "client_credentials":
        raise UnsupportedGrant(_("Send grant_type=client_credentials."))
    client_id, secret = _basic(request) or (body.client_id, body.client_secret)
    given = access.exchange(client_id, secret, scope=body.scope)
    content = TokenGiven(
        access_token=given.token,
        token_type="Bearer",  # noqa: S106  a kind of token, not one
        expires_in=access.ACCESS_SECONDS,
        scope=" ".join(given.scopes),
    )
    return Answered(content=content, headers={"Pragma": "no-cache"})


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    kind, _blank, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidClient(_("The Authorization header cannot be read.")) from error
    return client_id, secret
