from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from akcept.organizations.queries import administered_only_by
from shop.accounts.models import User


class _UserForm(UserChangeForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A login as the shop's staff change it."""

    def clean_is_active(self) -> bool:
        """Keep the login of whoever is a customer's only administrator. Raises ValidationError, naming the customer."""
        active = bool(self.cleaned_data["is_active"])
        if not active and (alone := administered_only_by(self.instance.pk)):
            raise ValidationError(
                gettext("Nobody else administers %(organizations)s: invite another administrator in the panel first.")
                % {"organizations": ", ".join(alone)}
            )
        return active


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Django's user admin for an account without a user name (Oscar's own admin pages search through it)."""

    form: Any = _UserForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active")
    search_fields = ("email", "first_name", "last_name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),)


# Oscar's admins, all registered by now, search by a user name that these accounts do not have.
for _admin in admin.site._registry.values():
    type(_admin).search_fields = [name.replace("__username", "__email") for name in _admin.search_fields]
