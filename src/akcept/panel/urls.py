"""Addresses of Akcept in the merchant's panel."""

from django.apps import apps
from django.urls import path

from akcept.panel import changes, files, in_place, organizations, privacy, views, waiting

app_name = "akcept_panel"

urlpatterns = [
    path("acceptance/", views.held, name="held"),
    path("acceptance/export.csv", views.held_csv, name="held_csv"),
    path("acceptance/<slug:number>/document.pdf", files.document, name="order_document"),
    path("acceptance/<slug:number>/remind/", waiting.remind, name="remind"),
    path("acceptance/<slug:number>/write/", waiting.write, name="write_to_customer"),
    path("acceptance/<slug:number>/again/", in_place.order_again, name="order_in_place"),
    path("acceptance/<slug:number>/change/", in_place.change, name="change_in_place"),
    path("acceptance/<slug:number>/withdraw/", in_place.withdraw, name="withdraw_in_place"),
    path("acceptance/<slug:number>/", views.order, name="order"),
    path("order-files/", files.order_files, name="order_files"),
    path("order-files/mark/", files.mark, name="mark_exported"),
    path("order-files/undo/<int:export_id>/", files.undo, name="undo_export"),
    path("order-files/download/<slug:kind>/", files.download, name="order_file"),
    path("order-files/order/<slug:number>.xml", files.ubl_of_one, name="order_ubl"),
    path("unhandled/", views.unhandled, name="unhandled"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/add/", organizations.add_organization, name="add_organization"),
    path("organizations/<int:organization_id>/", organizations.organization, name="organization"),
    path("organizations/<int:organization_id>/confirm/", organizations.confirm, name="confirm"),
    path("organizations/<int:organization_id>/block/", organizations.block, name="block"),
    path("organizations/<int:organization_id>/unblock/", organizations.unblock, name="unblock"),
    path(
        "organizations/<int:organization_id>/invite-administrator/",
        organizations.invite_administrator,
        name="invite_administrator",
    ),
    path("organizations/<int:organization_id>/credit/", organizations.credit, name="credit"),
    path("organizations/<int:organization_id>/credit/<int:unit_id>/", organizations.unit_credit, name="unit_credit"),
    path("organizations/<int:organization_id>/prices/", organizations.prices, name="organization_prices"),
    path("organizations/<int:organization_id>/former/", privacy.former_members, name="former_members"),
    path("organizations/<int:organization_id>/members/<int:member_id>/", privacy.member, name="member"),
    path("organizations/<int:organization_id>/members/<int:member_id>/data/", privacy.data, name="member_data"),
    path("organizations/<int:organization_id>/members/<int:member_id>/erase/", privacy.forget, name="forget_member"),
    path("changes/", changes.changes, name="changes"),
    path("b2b/", views.b2b, name="b2b"),
    path("b2b/terms/", views.terms, name="terms"),
    path("b2b/visitors/", views.gate, name="gate"),
]

if apps.is_installed("akcept.agreements"):
    from akcept.panel import agreements, previewing, price_changes, price_lists

    urlpatterns += [
        path("agreements/", agreements.agreements, name="agreements"),
        path("agreements/add/", agreements.add_for_everybody, name="add_agreement"),
        path("agreements/<int:agreement_id>/", agreements.agreement, name="agreement"),
        path("agreements/<int:agreement_id>/change/", agreements.change, name="change_agreement"),
        path("organizations/<int:organization_id>/agreements/add/", agreements.add, name="agree"),
        path("agreements/preview/", previewing.preview, name="price_preview"),
        path("price-lists/", price_lists.price_lists, name="price_lists"),
        path("price-lists/add/", price_lists.add, name="add_price_list"),
        path("price-lists/<int:list_id>/", price_lists.price_list, name="price_list"),
        path("price-lists/<int:list_id>/change/", price_lists.change, name="change_price_list"),
        path("price-lists/<int:list_id>/prices/", price_changes.prices, name="prices"),
        path("price-lists/<int:list_id>/by-per-cent/", price_changes.by_per_cent, name="prices_by_per_cent"),
        path("price-lists/<int:list_id>/prices.csv", price_lists.prices_file, {"kind": "csv"}, name="prices_csv"),
        path("price-lists/<int:list_id>/prices.xlsx", price_lists.prices_file, {"kind": "xlsx"}, name="prices_xlsx"),
    ]
