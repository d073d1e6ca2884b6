"""Addresses of Akcept in the shop's front."""

from django.urls import path

from akcept.storefront.views import deciding, joining, orders, organization

app_name = "akcept"

urlpatterns = [
    path("orders/", orders.order_list, name="orders"),
    path("orders/<slug:number>/", orders.order, name="order"),
    path("orders/<slug:number>/accept/", deciding.accept, name="accept"),
    path("orders/<slug:number>/reject/", deciding.reject, name="reject"),
    path("acceptance/", deciding.inbox, name="inbox"),
    path("organization/", organization.organization, name="organization"),
    path("organization/invite/", organization.invite, name="invite"),
    path("organization/members/<int:member_id>/", organization.member, name="member"),
    path("organization/units/add/", organization.add_unit, name="add_unit"),
    path("organization/units/<int:unit_id>/", organization.unit, name="unit"),
    path(
        "organization/invitations/<int:invitation_id>/resend/",
        organization.resend_invitation,
        name="resend_invitation",
    ),
    path(
        "organization/invitations/<int:invitation_id>/revoke/",
        organization.revoke_invitation,
        name="revoke_invitation",
    ),
    path("organization/join/<str:token>/", joining.invitation, name="invitation"),
    path("organization/sign-up/", joining.sign_up, name="organization_sign_up"),
    path("organization/signed-up/", joining.signed_up, name="signed_up"),
]
