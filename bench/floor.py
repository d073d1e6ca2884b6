"""What PostgreSQL itself can do: pgbench writing the least that a flow must write, in the same two transactions."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from bench.company import LINES, PRODUCTS
from tests.support.postgres import Postgres

_DATABASE = "floor"

_TABLES = f"""
CREATE TABLE orders (id bigserial PRIMARY KEY, status text NOT NULL, total numeric(12, 2) NOT NULL);
CREATE TABLE lines (id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, product_id bigint NOT NULL,
                    quantity int NOT NULL, price numeric(12, 2) NOT NULL);
CREATE TABLE stock (id bigint PRIMARY KEY, allocated bigint NOT NULL);
CREATE TABLE cases (order_id bigint PRIMARY KEY REFERENCES orders, state text NOT NULL, version int NOT NULL);
CREATE TABLE decisions (id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES cases, member_id bigint NOT NULL);
CREATE TABLE chain (id int PRIMARY KEY, seq bigint NOT NULL, head text NOT NULL);
CREATE TABLE entries (id bigserial PRIMARY KEY, seq bigint NOT NULL, payload jsonb NOT NULL, hash text NOT NULL);
CREATE TABLE deliveries (id bigserial PRIMARY KEY, entry_id bigint NOT NULL REFERENCES entries, due timestamptz);
INSERT INTO stock SELECT i, 0 FROM generate_series(0, {PRODUCTS - 1}) AS i;
INSERT INTO chain VALUES (1, 0, '');
"""  # noqa: S608  a number of ours

_ENTRY = """UPDATE chain SET seq = seq + 1, head = md5(head) WHERE id = 1;
INSERT INTO entries (seq, payload, hash) VALUES (1, '{"net": "100.00"}', md5(:order::text)) RETURNING id AS entry \\gset
INSERT INTO deliveries (entry_id, due) VALUES (:entry, now()), (:entry, now());"""

_FLOW = f"""\\set first random(0, {PRODUCTS - LINES})
BEGIN;
UPDATE stock SET allocated = allocated + 1 WHERE id BETWEEN :first AND :first + {LINES - 1};
INSERT INTO orders (status, total) VALUES ('awaiting', 123.45) RETURNING id AS order \\gset
INSERT INTO lines (order_id, product_id, quantity, price) SELECT :order, :first + i, 2, 9.90 FROM generate_series(0, {LINES - 1}) AS i;
INSERT INTO cases VALUES (:order, 'awaiting', 1);
{_ENTRY}
END;
BEGIN;
UPDATE cases SET state = 'accepted', version = 2 WHERE order_id = :order AND version = 1;
UPDATE orders SET status = 'unhandled' WHERE id = :order;
INSERT INTO decisions (order_id, member_id) VALUES (:order, 1);
{_ENTRY}
END;
"""  # noqa: S608, E501


def measure(cluster: Postgres, *, clients: int, seconds: int) -> float:
    """Return flows a second of pgbench with `clients` connections."""
    url = cluster.create_database(_DATABASE)
    try:
        with psycopg.connect(url) as connection:
            connection.execute(_TABLES.encode())
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "flow.sql"
            script.write_text(_FLOW)
            return _pgbench(cluster, script, clients=clients, seconds=seconds)
    finally:
        cluster.drop_database(_DATABASE)


def _pgbench(cluster: Postgres, script: Path, *, clients: int, seconds: int) -> float:
    command = [str(cluster.program("pgbench")), "--no-vacuum", "--file", str(script), "--protocol", "prepared"]
    command += ["--client", str(clients), "--jobs", "1", "--time", str(seconds), cluster.url(_DATABASE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench failed: {done.stderr or done.stdout}")
    return float(found.group(1))
