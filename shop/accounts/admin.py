from http import HTTPStatus
from importlib import import_module
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from akcept.api import actions as access
from akcept.kernel.errors import Invalid
from akcept.organizations import checks
from akcept.organizations.queries import administered_only_by
from akcept.organizations.visitor import staff_of
from shop.accounts.models import User


class _UserForm(UserChangeForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A login as the shop's staff change it."""

    def clean_email(self) -> str:
        """Return the address in its one spelling. Raises ValidationError: look-alikes, another account's."""
        return _own_address(self.cleaned_data["email"], but=self.instance.pk)

    def clean_is_active(self) -> bool:
        """Keep the login of whoever is a customer's only administrator. Raises ValidationError, naming the customer."""
        active = bool(self.cleaned_data["is_active"])
        if not active and (alone := administered_only_by(self.instance.pk)):
            raise ValidationError(
                gettext("Nobody else administers %(organizations)s: invite another administrator in the panel first.")
                % {"organizations": ", ".join(alone)}
            )
        return active


def _own_address(typed: str, *, but: int | None) -> str:
    try:
        address = checks.email(typed)
    except Invalid as refusal:
        raise ValidationError(str(refusal)) from None
    if User.objects.filter(email__iexact=address).exclude(pk=but).exists():
        raise ValidationError(gettext("%(email)s belongs to another account.") % {"email": address})
    return address


class _NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A login that the shop's staff open; its address is proved at its first log-in."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """Return the address in its one spelling. Raises ValidationError: look-alikes, another account's."""
        return _own_address(self.cleaned_data["email"], but=None)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Django's user admin for an account without a user name (Oscar's own admin pages search through it)."""

    form: Any = _UserForm
    add_form: Any = _NewUserForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active")
    search_fields = ("email", "first_name", "last_name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set somebody's password; personal tokens end with the old one, as with one set by a mailed link."""
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            access.end_tokens_of(int(id), actor=staff_of(request))
        return response

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save. Another address has to be proved by its owner; the old one is told, and all sessions are over."""
        before = User.objects.values_list("email", flat=True).filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if before and before != obj.email:
            EmailAddress.objects.filter(user=obj).delete()
            told = {"from_email": before, "to_email": obj.email, "user": obj}
            get_adapter().send_notification_mail("account/email/email_changed", obj, told, email=before)


class FactorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Second factors: staff may take a lost one away; nobody reads its secret, adds or changes one."""

    list_display = fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Delete, and end the account's sessions."""
        super().delete_model(request, obj)
        obj.user.end_sessions()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete several, and end the sessions of their accounts."""
        accounts = list(User.objects.filter(pk__in=queryset.values("user_id")))
        super().delete_queryset(request, queryset)
        for account in accounts:
            account.end_sessions()


for _module in ("allauth.account.admin", "allauth.mfa.admin"):
    import_module(_module)  # registers what is exchanged here
admin.site.unregister(Authenticator)
admin.site.register(Authenticator, FactorAdmin)
# An account has the one address it logs in with; whether it is proved is its owner's to show, not ours to tick.
admin.site.unregister(EmailAddress)

# Oscar's admins, all registered by now, search by a user name that these accounts do not have.
for _admin in admin.site._registry.values():
    type(_admin).search_fields = [name.replace("__username", "__email") for name in _admin.search_fields]
