"""Things of an organisation that its pages change."""

from __future__ import annotations

from akcept.kernel.clock import utc_now
from akcept.organizations import actions
from akcept.organizations.models import Substitution
from akcept.organizations.permissions import Permission
from akcept.testing.cast import Cast, unit

ADDRESS = {"recipient": "Nowa", "line1": "ul. Nowa 1", "postcode": "00-001", "city": "Warszawa"}


class Things:
    """Something of each kind in Acme's Kraków branch, and the pages about it."""

    def __init__(self, cast: Cast) -> None:
        dora = cast.dora.actor
        self.role = actions.add_role(actor=dora, name="Storeman", permissions={Permission.PLACE_ORDERS})
        self.invitation = actions.invite(
            actor=dora,
            email="new@customer.example",
            first_name="Nadia",
            last_name="Nowa",
            unit_id=cast.krakow.pk,
            permissions=frozenset({Permission.PLACE_ORDERS}),
            language="pl",
        )
        self.address = actions.save_address(cast.krakow.pk, actor=dora, address=actions.AddressInput(**ADDRESS))
        self.substitution = Substitution.objects.create(
            organization=cast.acme,
            absent=cast.ben.member,
            substitute=cast.ewa.member,
            starts_at=utc_now(),
            ends_at=utc_now().replace(year=utc_now().year + 1),
            created_at=utc_now(),
            created_by="x",
        )
        self.closed = unit(cast.acme, "Sklep Wieliczka", under=cast.krakow)
        actions.close_unit(self.closed.pk, actor=dora, members_to=cast.krakow.pk, version=1)
        branch, member = f"/organization/units/{cast.krakow.pk}/", f"/organization/members/{cast.ewa.member.pk}/"  # type: ignore[union-attr]
        self.pages = {
            "member": member,
            "role": f"/organization/roles/{self.role.pk}/",
            "unit": branch,
            "move": f"{branch}move/",
            "close": f"{branch}close/",
            "add address": f"{branch}addresses/add/",
            "reopen": f"/organization/units/{self.closed.pk}/reopen/",
            "address": f"{branch}addresses/{self.address.pk}/",
        }
        self.posts = {
            "remove member": f"{member}remove/",
            "remove role": f"/organization/roles/{self.role.pk}/remove/",
            "remove address": f"{branch}addresses/{self.address.pk}/remove/",
            "resend": f"/organization/invitations/{self.invitation.pk}/resend/",
            "revoke": f"/organization/invitations/{self.invitation.pk}/revoke/",
            "end": f"/organization/substitutes/{self.substitution.pk}/end/",
        }
