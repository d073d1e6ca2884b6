"""The server is killed between the commit and the answer: whoever sends the same call again has one order."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from akcept.api.models import Answer
from akcept.journal.queries import verify
from akcept.ordering.models import Placement
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.api.test_orders import address
from tests.support.api import order_of, system_of
from tests.support.databases import Private
from tests.support.live_shop import shop_process


@pytest.mark.slow
def test_kill_9_between_commit_and_answer_and_again_is_one_order(pg: Private, cast: Cast, tmp_path: Path) -> None:
    carts.stock("P1")
    body, mark = order_of("P1", address_id=address(cast)), tmp_path / "dies"
    headers = {"Authorization": f"Bearer {system_of(cast.anna).token}", "Idempotency-Key": "once"}
    mark.touch()
    with shop_process(pg, app="tests.support.dying", AKCEPT_TEST_DIES_ONCE=str(mark)) as (_server, url):

        def send() -> Any:
            return httpx.post(f"{url}/api/v1/orders", json=body, headers=headers, timeout=30)

        with pytest.raises(httpx.TransportError):
            send()
        assert not mark.exists(), "it was killed"
        number = Placement.objects.get().number
        assert Answer.objects.get().status == 201, "the answer was committed with the order"
        again = _answered(send)
    assert (again.status_code, again.json()["number"]) == (201, number)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Placement.objects.count() == 1
    assert verify(cast.acme.pk) is None


def _answered(send: Any) -> Any:
    """Return the answer of the next worker: the one before is being replaced."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return send()
        except httpx.TransportError:
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.1)
