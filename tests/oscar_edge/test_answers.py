"""Pages that are not ours: a refused form is 4xx, a number that is none is 404; what was typed is not lost."""

from __future__ import annotations

import pytest
from django.test import Client

from akcept.testing.cast import Cast
from tests.conftest import Visit


@pytest.fixture
def mia(cast: Cast, visit: Visit) -> Client:
    return visit(cast.mia, superuser=True)


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue/x_999999999999999999999999999999/reviews/",
        "/accounts/wishlists/create/with-product/999999/",
        "/dashboard/catalogue/product-lookup/?page=" + "9" * 40,
    ],
)
def test_what_names_nothing_is_not_found(mia: Client, path: str) -> None:
    assert mia.get(path).status_code == 404


@pytest.mark.parametrize("chosen", ["", "abc", "1e400", "9" * 40])
@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/dashboard/orders/", {"action": "download_selected_orders", "selected_order": ...}),
        ("/dashboard/users/", {"action": "make_active", "selected_user": ...}),
    ],
)
def test_a_row_that_is_none_is_not_found(mia: Client, path: str, typed: dict[str, object], chosen: str) -> None:
    answer = mia.post(path, {name: chosen if value is ... else value for name, value in typed.items()})
    assert answer.status_code == 404 or (answer.status_code == 302 and chosen.isdigit())


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/accounts/password/change/", {"oldpassword": "x"}),
        ("/accounts/profile/edit/", {"language": "xx"}),
        ("/dashboard/partners/create/", {"name": ""}),
    ],
)
def test_a_refused_form_of_others_is_not_ok(mia: Client, path: str, typed: dict[str, str]) -> None:
    assert mia.get(path).status_code == 200
    assert mia.post(path, typed).status_code == 422


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
def test_a_refused_login_is_not_ok_and_keeps_the_address(cast: Cast, visit: Visit, path: str) -> None:
    typed = {"login": "zolw@wrong", "email": "zolw@wrong", "password": "x"}
    answer = visit().post(path, typed)
    assert answer.status_code == 422
    assert "zolw@wrong" in answer.content.decode()
