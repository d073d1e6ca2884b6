"""Addresses of Akcept in the shop's front."""

from django.urls import path, re_path

from akcept.storefront import budget_urls
from akcept.storefront.views import (
    deciding,
    files,
    joining,
    members,
    orders,
    organization,
    privacy,
    roles,
    substitutes,
    switching,
    units,
)

app_name = "akcept"

urlpatterns = [
    path("orders/", orders.order_list, name="orders"),
    path("orders/<slug:number>/", orders.order, name="order"),
    path("orders/<slug:number>/accept/", deciding.accept, name="accept"),
    path("orders/<slug:number>/reject/", deciding.reject, name="reject"),
    path("acceptance/", deciding.inbox, name="inbox"),
    path("organization/", organization.organization, name="organization"),
    path("organization/mine/", switching.my_organizations, name="my_organizations"),
    path("organization/switch/", switching.switch, name="switch"),
    path("organization/data/", organization.data, name="organization_data"),
    path("organization/members/", members.members, name="members"),
    path("organization/my-data/", privacy.my_data, name="my_data"),
    path("organization/members/former/", privacy.former_members, name="former_members"),
    path("organization/members/former/<int:member_id>/", privacy.former_member, name="former_member"),
    path("organization/members/former/<int:member_id>/erase/", privacy.forget_member, name="forget_member"),
    path("organization/members/<int:member_id>/data/", privacy.member_data, name="member_data"),
    path("organization/members/invite/", members.invite, name="invite"),
    path("organization/members/<int:member_id>/", members.member, name="member"),
    path("organization/members/<int:member_id>/remove/", members.remove_member, name="remove_member"),
    path("organization/invitations/<int:invitation_id>/resend/", members.resend_invitation, name="resend_invitation"),
    path("organization/invitations/<int:invitation_id>/revoke/", members.revoke_invitation, name="revoke_invitation"),
    path("organization/roles/", roles.roles, name="roles"),
    path("organization/roles/add/", roles.add_role, name="add_role"),
    path("organization/roles/<int:role_id>/", roles.role, name="role"),
    path("organization/roles/<int:role_id>/remove/", roles.remove_role, name="remove_role"),
    path("organization/units/add/", units.add_unit, name="add_unit"),
    path("organization/units/<int:unit_id>/", units.unit, name="unit"),
    path("organization/units/<int:unit_id>/below/", organization.units_below, name="units_below"),
    path("organization/units/<int:unit_id>/move/", units.move_unit, name="move_unit"),
    path("organization/units/<int:unit_id>/close/", units.close_unit, name="close_unit"),
    path("organization/units/<int:unit_id>/addresses/add/", units.address, name="add_address"),
    path("organization/units/<int:unit_id>/addresses/<int:address_id>/", units.address, name="address"),
    path(
        "organization/units/<int:unit_id>/addresses/<int:address_id>/remove/",
        units.remove_address,
        name="remove_address",
    ),
    path("organization/substitutes/", substitutes.substitutes, name="substitutes"),
    path(
        "organization/substitutes/<int:substitution_id>/end/",
        substitutes.end_substitution,
        name="end_substitution",
    ),
    path("organization/files/", files.files, name="files"),
    path("organization/files/import/<int:draft_id>/", files.preview, name="import"),
    re_path(r"^organization/files/(?P<kind>units|members)/$", files.upload, name="upload"),
    re_path(r"^organization/files/(?P<kind>units|members)\.(?P<file_format>csv|xlsx)$", files.export, name="export"),
    re_path(
        r"^organization/files/(?P<kind>units|members)-template\.(?P<file_format>csv|xlsx)$",
        files.template,
        name="import_template",
    ),
    *budget_urls.patterns,
    path("organization/join/<str:token>/", joining.invitation, name="invitation"),
    path("organization/sign-up/", joining.sign_up, name="organization_sign_up"),
    path("organization/signed-up/", joining.signed_up, name="signed_up"),
]
