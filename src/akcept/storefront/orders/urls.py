"""One's orders: their lists and pages, deciding, changing, and the link in a mail."""

from django.urls import path, re_path

from akcept.storefront.orders.views import by_mail, changing, deciding, listing, orders, papers, ways

urlpatterns = [
    path("orders/", listing.order_list, name="orders"),
    path("orders/views/", listing.saved_views_kept, name="orders_views"),
    re_path(
        r"^orders/files/(?P<contents>orders|products)\.(?P<file_format>csv|xlsx)$", listing.export, name="export_orders"
    ),
    path("orders/<slug:number>/", orders.order, name="order"),
    path("orders/<slug:number>/document.pdf", papers.document, name="order_document"),
    path("orders/<slug:number>/accept/", deciding.accept, name="accept"),
    path("orders/<slug:number>/prices/", deciding.update_prices, name="update_prices"),
    path("orders/<slug:number>/reject/", deciding.reject, name="reject"),
    path("orders/<slug:number>/change/", changing.change, name="change"),
    path("orders/<slug:number>/send-back/", ways.send_back, name="send_back"),
    path("orders/<slug:number>/forward/", ways.forward, name="forward"),
    path("orders/<slug:number>/withdraw/", ways.withdraw, name="withdraw"),
    path("orders/<slug:number>/revoke/", ways.revoke, name="revoke"),
    path("orders/<slug:number>/comment/", ways.comment, name="comment"),
    path("acceptance/by-mail/<str:token>/", by_mail.by_mail, name="by_mail"),
]
