"""What waits for the visitor."""

from django.urls import path

from akcept.storefront.inbox import views

urlpatterns = [
    path("acceptance/", views.inbox, name="inbox"),
    path("acceptance/decide/", views.decide_many, name="decide_many"),
    path("acceptance/count/", views.count, name="count"),
]
