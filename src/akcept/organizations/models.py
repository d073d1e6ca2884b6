"""Tables of the organisation. Every hot table carries `organization_id`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from akcept.kernel.amounts import Limit, limit_from
from akcept.organizations import countries
from akcept.organizations.gate import Gate, Shown
from akcept.organizations.grants import Effective, Grant, effective
from akcept.organizations.permissions import Permission


class OpenTo(models.TextChoices):
    """`gate.Gate` for people."""

    OPEN = Gate.OPEN.value, _("open to everybody")
    WITHOUT_PRICES = Gate.WITHOUT_PRICES.value, _("open, but without prices")
    CLOSED = Gate.CLOSED.value, _("closed")


class ShownPrices(models.TextChoices):
    """`gate.Shown` for people."""

    NET = Shown.NET.value, _("net")
    GROSS = Shown.GROSS.value, _("gross")
    BOTH = Shown.BOTH.value, _("net and gross")


class Organization(models.Model):
    """A business customer of the shop, known by its NIP (Polish tax number, ten digits without dashes)."""

    class Status(models.TextChoices):
        PENDING = "pending", _("awaiting the shop's confirmation")
        ACTIVE = "active", _("active")
        BLOCKED = "blocked", _("blocked by the shop")

    name = models.CharField(_("name"), max_length=200)
    nip = models.CharField(_("NIP"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    line1 = models.CharField(_("street and number"), max_length=255)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("city"), max_length=120)
    country = models.CharField(_("country"), max_length=2, default=countries.default)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    #: What the shop tells the organisation's members.
    blocked_reason = models.CharField(_("reason"), max_length=300, blank=True)
    invoice_email = models.EmailField(_("e-mail for invoices"), blank=True)
    #: Which prices its members are shown; empty is what the whole shop shows.
    shown = models.CharField(_("prices"), max_length=8, choices=ShownPrices.choices, blank=True)
    #: Whether only members with the permission see prices.
    prices_by_right = models.BooleanField(_("prices only with the permission"), default=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [models.Index(fields=["status", "name"], name="akcept_org_status")]
        #: The shop's staff all look; `policies.require_manages_organizations` asks for this one.
        permissions = [("manage_organizations", "Can manage organisations and B2B")]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A branch; the root is the head office.

    `path` lists the ids from the root to this unit ("3/17/"), so "this unit and below" is one prefix and "above"
    is a list of equal values: both answered by an index.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="units")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("name"), max_length=120)
    #: By what files name the unit: unique among the organisation's open units, in capitals.
    code = models.CharField(_("code"), max_length=40, blank=True)
    path = models.CharField(max_length=255, db_index=True)
    #: Units may share one: a cost centre crosses the tree, and so does a budget of it.
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "parent", "name"],
                condition=models.Q(closed_at=None),
                name="akcept_unit_name",
            ),
            models.UniqueConstraint(
                fields=["organization", "code"],
                condition=models.Q(closed_at=None) & ~models.Q(code=""),
                name="akcept_unit_code",
            ),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(parent=None), name="akcept_unit_one_root"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The code, or what stands for it in a unit that has none."""
        return self.code or f"U{self.pk}"

    @property
    def depth(self) -> int:
        """0 for the head office."""
        return self.path.count("/") - 1


class UnitAddress(models.Model):
    """Where goods for a unit may be delivered."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="addresses")
    recipient = models.CharField(_("recipient"), max_length=200)
    line1 = models.CharField(_("street and number"), max_length=255)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("city"), max_length=120)
    country = models.CharField(_("country"), max_length=2, default=countries.default)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("delivery address")
        verbose_name_plural = _("delivery addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(is_default=True), name="akcept_address_one_default"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.line1}, {self.postcode} {self.city}"


class Role(models.Model):
    """A named set of permissions that an organisation defines itself; `limit` binds its acceptance (see grants)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(_("name"), max_length=80)
    permissions: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    limit: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="akcept_role_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def grant(self) -> Grant:
        """What the role gives."""
        return Grant(source=self.name, permissions=known(self.permissions), limit=limit_from(self.limit))


def known(codes: list[str]) -> frozenset[Permission]:
    """Return stored permissions; one that a later version took away is forgotten, not an error."""
    return frozenset(permission for permission in Permission if permission.value in codes)


class Member(models.Model):
    """A person's sub-account inside one organisation, seated in one unit. Never deleted: history needs the name.

    What they were given is in `roles` and `granted`; the booleans, `accept_limits` and `role_ids` are what that adds up
    to, written in the transaction of every change (`recompute`), so that lists and decisions ask one indexed row.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="members")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    active = models.BooleanField(_("active"), default=True)
    roles = models.ManyToManyField(Role, related_name="members", blank=True)
    #: {"permissions": [codes], "limit": limit or null}
    granted: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    place_orders = models.BooleanField(_("placing orders"), default=False)
    accept_orders = models.BooleanField(_("accepting orders"), default=False)
    see_unit_orders = models.BooleanField(_("seeing the unit's orders"), default=False)
    see_all_orders = models.BooleanField(_("seeing all orders"), default=False)
    use_free_address = models.BooleanField(_("delivery to any address"), default=False)
    manage_members = models.BooleanField(_("managing members"), default=False)
    manage_units = models.BooleanField(_("managing units and addresses"), default=False)
    manage_policies = models.BooleanField(_("managing acceptance rules"), default=False)
    see_budgets = models.BooleanField(_("seeing budgets"), default=False)
    manage_budgets = models.BooleanField(_("managing budgets"), default=False)
    see_prices = models.BooleanField(_("seeing prices"), default=False)
    accept_limits: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    role_ids: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    joined_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    #: When the name was taken out of everything (see `actions.privacy`); the row stays for what hangs on it.
    forgotten_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="akcept_member_once")]
        indexes = [
            models.Index(
                fields=["organization", "unit"],
                name="akcept_member_acceptors",
                condition=models.Q(active=True, accept_orders=True),
            ),
            models.Index(
                fields=["organization", "id"],
                name="akcept_member_managers",
                condition=models.Q(active=True, manage_members=True),
            ),
            models.Index(fields=["organization", "-active", "id"], name="akcept_member_list"),
            models.Index(
                fields=["organization", "-removed_at", "-id"],
                name="akcept_member_former",
                condition=models.Q(removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.organization})"

    @property
    def permissions(self) -> frozenset[Permission]:
        """The permissions this member holds, whether or not they are active."""
        return frozenset(permission for permission in Permission if getattr(self, permission.value))

    @property
    def limits(self) -> tuple[Limit, ...]:
        """How far their acceptance reaches; none means without limit."""
        return tuple(limit for stored in self.accept_limits if (limit := limit_from(stored)) is not None)

    @property
    def effective(self) -> Effective:
        """What they may do, as stored."""
        return Effective(permissions=self.permissions, limits=self.limits)

    @property
    def direct(self) -> Grant:
        """What they were given directly, by no role."""
        return Grant(
            source="",
            permissions=known(self.granted.get("permissions", [])),
            limit=limit_from(self.granted.get("limit")),
        )

    @property
    def grants(self) -> list[Grant]:
        """Everything they were given: roles in the order of their names, then what was given directly."""
        return [*(role.grant for role in sorted(self.roles.all(), key=lambda role: role.name)), self.direct]

    def invited_as(self) -> list[str]:
        """Return the e-mail addresses they were invited by."""
        return list(Invitation.objects.filter(member=self).values_list("email", flat=True))

    def recompute(self, roles: Collection[Role] | None = None) -> None:
        """Set the stored sums from what was given (`roles`: those about to be given); the caller saves."""
        held = list(self.roles.all()) if roles is None else list(roles)
        sum_ = effective([*(role.grant for role in held), self.direct])
        for permission in Permission:
            setattr(self, permission.value, permission in sum_.permissions)
        self.accept_limits = [limit.as_json() for limit in sum_.limits]
        self.role_ids = sorted(role.pk for role in held)


class Invitation(models.Model):
    """An offer of a sub-account, sent by e-mail. The link's secret is never stored, only derived again (see tokens)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail"))
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    language = models.CharField(_("language of the invitation"), max_length=8, default="pl")
    roles = models.ManyToManyField(Role, related_name="+", blank=True)
    #: As in `Member`.
    granted: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="akcept_invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.organization})"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What whoever accepts it may do."""
        return known(self.granted.get("permissions", [])).union(*(role.grant.permissions for role in self.roles.all()))


class Substitution(models.Model):
    """`substitute` decides for `absent` from `starts_at` until `ends_at` (exclusive), unless `ended_at` came first."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="substitutions")
    absent = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="substitutions")
    substitute = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="mandates")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        indexes = [
            models.Index(fields=["substitute", "ends_at"], name="akcept_substitute_open"),
            models.Index(fields=["organization", "ends_at"], name="akcept_substitution_list"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_at__lt=models.F("ends_at")), name="akcept_subst_period"),
            models.CheckConstraint(condition=~models.Q(absent=models.F("substitute")), name="akcept_subst_other"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.absent_id}"


class ImportDraft(models.Model):
    """The rows of an uploaded file between preview and confirmation; a member has one of each kind at most.

    `rows` is {"columns": [codes], "rows": [[line, cell, ...]]}, the texts as they stood in the file.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=120)
    rows: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="akcept_import_one")]

    def __str__(self) -> str:
        return self.file_name


class Profile(models.Model):
    """What Akcept knows of a person beside the shop's account: the language of mails to them, and which they want."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="akcept_profile"
    )
    language = models.CharField(_("language"), max_length=8, choices=[("pl", _("Polish")), ("en", _("English"))])
    #: Topics of mails they do without (`mailing.Topic`), and whether the others come together once a day.
    muted: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    daily_mail = models.BooleanField(_("one e-mail a day"), default=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.language}"


class Module(models.Model):
    """The merchant's switch of the B2B module, and whom the shop is open to: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    enabled = models.BooleanField(_("enabled"), default=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=200, blank=True)
    gate = models.CharField(_("the shop is"), max_length=10, choices=OpenTo.choices, default=OpenTo.OPEN)
    shown = models.CharField(_("prices"), max_length=8, choices=ShownPrices.choices, default=ShownPrices.BOTH)
    #: Of the two above: how often they were changed.
    gate_version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("B2B module")
        verbose_name_plural = _("B2B module")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="akcept_module_one_row")]

    def __str__(self) -> str:
        return "B2B"
