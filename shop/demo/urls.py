"""The demo's mailbox; its pages exist only where `AKCEPT_DEMO=1`."""

from django.urls import path

from shop.demo import views

urlpatterns = [
    path("mail/", views.mailbox, name="demo_mailbox"),
    path("mail/<int:pk>/", views.mail, name="demo_mail"),
    path("mail/<int:pk>/html/", views.mail_html, name="demo_mail_html"),
]
