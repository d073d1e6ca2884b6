"""What the databases do: PostgreSQL finds by an index of words and by trigrams, SQLite by FTS5.

Everything here is made after `migrate` and by name, as the edge's triggers are: what marks a product as due stands on
Oscar's tables, and SQLite's tables of full text are none of Django's.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import DatabaseError, connections, transaction
from django.db.models import BooleanField, Func, TextField, Value
from oscar.core.loading import get_model

from akcept.oscar_edge import kept
from akcept.oscar_edge.kept import Kept
from akcept.oscar_edge.search.models import ProductDue, ProductWords, Word
from akcept.oscar_edge.search.words import Asked

log = logging.getLogger("akcept.search")

_DUE: Final = ProductDue._meta.db_table
_WORDS: Final = ProductWords._meta.db_table
_VOCABULARY: Final = Word._meta.db_table
_TEXT: Final = "akcept_search_text"
_ALIKE: Final = "akcept_search_alike"
#: Which columns of which tables change what a product is found by, and which of their rows' columns names the product.
_WATCHED: Final = (
    (("catalogue", "Product"), ("title", "upc", "is_public", "structure", "parent_id"), "{row}.id"),
    (("partner", "StockRecord"), ("partner_sku", "product_id"), "{row}.product_id"),
    (("catalogue", "ProductAttributeValue"), ("value_text", "value_integer", "value_option_id"), "{row}.product_id"),
    (("catalogue", "ProductCategory"), ("category_id", "product_id"), "{row}.product_id"),
)


class Finds(Func):
    """Whether a row of `ProductWords` answers a question."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, question: Sequence[Asked]) -> None:
        super().__init__("words", Value(_postgresql(question), TextField()))
        self.fts = _fts(question)

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Ask PostgreSQL's index of words; the same expression the index is made of."""
        (words, none), (question, params) = (compiler.compile(each) for each in self.source_expressions)
        return f"array_to_tsvector(string_to_array({words}, ' ')) @@ CAST({question} AS tsquery)", [*none, *params]

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Any:
        """Ask FTS5, by the key of the row the words stand in."""
        words: Any = self.source_expressions[0]
        named = connection.ops.quote_name
        key = f"{named(words.alias)}.{named(words.target.model._meta.pk.column)}"
        return f"{key} IN (SELECT rowid FROM {_TEXT} WHERE {_TEXT} MATCH %s)", [self.fts]  # noqa: S608  names


def _postgresql(question: Sequence[Asked]) -> str:
    """Return the question as a tsquery is written: words hold letters and digits only, so that none needs quoting."""
    return _written(question, "'{}':*", and_=" & ", or_=" | ")


def _fts(question: Sequence[Asked]) -> str:
    return _written(question, '"{}"*', and_=" AND ", or_=" OR ")


def _written(question: Sequence[Asked], begins: str, *, and_: str, or_: str) -> str:
    """Return a question in the words of a database; `begins` is how it says that a word begins with something."""
    each = ([f"({and_.join(map(begins.format, way))})" for way in one.beginnings] for one in question)
    return and_.join(f"({or_.join(ways)})" for ways in each)


def alike(word: str, *, most: int = 50, using: str = "default") -> list[str]:
    """Return words of the catalogue that share trigrams with one, the likest first; none where the database cannot."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        return _alike_on_sqlite(connection, word, most)
    if connection.vendor != "postgresql" or not _has_trigrams(connection):
        return []
    sql = f"SELECT word FROM {_VOCABULARY} ORDER BY word <-> %s LIMIT %s"  # noqa: S608  names
    return _words(connection, sql, [word, most])


def _alike_on_sqlite(connection: Any, word: str, most: int) -> list[str]:
    """Two letters that change places leave a short word no trigram: words that begin alike come too."""
    pieces = " OR ".join(f'"{word[at : at + 3]}"' for at in range(len(word) - 2))
    by_pieces = f"SELECT word FROM {_ALIKE} WHERE word MATCH %s ORDER BY rank LIMIT %s"  # noqa: S608  names
    begins = f"SELECT word FROM {_VOCABULARY} WHERE word >= %s AND word < %s ORDER BY abs(length(word) - %s) LIMIT %s"  # noqa: S608
    found = _words(connection, by_pieces, [pieces, most]) if pieces else []
    return [*found, *_words(connection, begins, [word[:2], f"{word[:2]}\uffff", len(word), most])]


def _words(connection: Any, sql: str, params: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [found for (found,) in cursor.fetchall()]


def _has_trigrams(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None


def alone(using: str = "default") -> bool:
    """Return whether this transaction is the only one that indexes, until it ends; SQLite lets one write at a time."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [_DUE])
        return bool(cursor.fetchone()[0])


def install(using: str = "default", **_kwargs: Any) -> None:
    """Make what is not there; nothing before the tables are, nor on another database product."""
    connection = connections[using]
    made, whole = _MADE.get(connection.vendor), _has_tables(connection)
    with connection.cursor() as cursor:
        for statement in (*made(), _unread()) if made and whole else ():
            cursor.execute(statement)
    if not whole:
        take_away(using, for_good=True)
    elif connection.vendor == "postgresql":
        _trigrams(connection)


def missing(using: str) -> list[str]:
    """Return the triggers that should be there and are not; none before the tables are."""
    connection = connections[using]
    made = _MADE.get(connection.vendor)
    return kept.triggers_lacking(using, made()) if made and _has_tables(connection) else []


def _has_tables(connection: Any) -> bool:
    with connection.cursor() as cursor:
        return {_DUE, _WORDS, _VOCABULARY, *_tables()} <= set(connection.introspection.table_names(cursor))


def _unread() -> str:
    """Mark what was there before the triggers were: a shop that gets the search finds everything after a round."""
    product = get_model("catalogue", "Product")._meta.db_table
    return f"""
    INSERT INTO {_DUE} (product_id) SELECT p.id FROM {product} p
    WHERE p.is_public AND p.parent_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM {_WORDS} w WHERE w.product_id = p.id)
    AND NOT EXISTS (SELECT 1 FROM {_DUE} d WHERE d.product_id = p.id)
    """  # noqa: S608  names, not input


def _tables() -> Iterator[str]:
    for model, _columns, _product in _WATCHED:
        yield get_model(*model)._meta.db_table
    yield get_model("catalogue", "Category")._meta.db_table


def _trigrams(connection: Any) -> None:
    """Make PostgreSQL compare words. It comes with PostgreSQL; a role that may not add it does without."""
    with contextlib.suppress(DatabaseError), transaction.atomic(connection.alias), connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {_ALIKE} ON {_VOCABULARY} USING gist (word gist_trgm_ops)")
        return
    log.warning("pg_trgm cannot be added by this role: mistyped words are not guessed; see docs/operate/search.md")


def _on_postgresql() -> Iterator[str]:
    yield (f"CREATE INDEX IF NOT EXISTS {_TEXT} ON {_WORDS} USING gin (array_to_tsvector(string_to_array(words, ' ')))")
    for table, columns, product in _watched():
        name = f"akceptsearch_{table}"
        new, old = product.format(row="NEW"), product.format(row="OLD")
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        yield f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN INSERT INTO {_DUE} (product_id) VALUES ({new});
            ELSIF TG_OP = 'DELETE' THEN INSERT INTO {_DUE} (product_id) VALUES ({old});
            ELSIF {changed} THEN
                INSERT INTO {_DUE} (product_id) VALUES ({new});
                IF {new} <> {old} THEN INSERT INTO {_DUE} (product_id) VALUES ({old}); END IF;
            END IF;
            RETURN NULL;
        END $$
        """  # noqa: S608  names, not input
        yield f"""
        CREATE OR REPLACE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
        EXECUTE FUNCTION {name}()
        """
    category, within = _category()
    yield f"""
    CREATE OR REPLACE FUNCTION akceptsearch_category() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO {_DUE} (product_id) SELECT w.product_id FROM {within} w WHERE w.category_id = NEW.id;
        RETURN NULL;
    END $$
    """  # noqa: S608  names, not input
    yield f"""
    CREATE OR REPLACE TRIGGER akceptsearch_category AFTER UPDATE ON {category} FOR EACH ROW
    WHEN (NEW.name IS DISTINCT FROM OLD.name) EXECUTE FUNCTION akceptsearch_category()
    """


def _sqlite() -> Iterator[str]:
    text = f"content='{_WORDS}', content_rowid='product_id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3'"
    yield f"CREATE VIRTUAL TABLE IF NOT EXISTS {_TEXT} USING fts5(words, {text})"
    pieces = f"content='{_VOCABULARY}', content_rowid='id', tokenize='trigram'"
    yield f"CREATE VIRTUAL TABLE IF NOT EXISTS {_ALIKE} USING fts5(word, {pieces})"
    yield from _mirrored(_WORDS, _TEXT, key="product_id", column="words")
    yield from _mirrored(_VOCABULARY, _ALIKE, key="id", column="word")
    for table in (_TEXT, _ALIKE):
        yield f"INSERT INTO {table}({table}) VALUES ('rebuild')"  # noqa: S608  names, not input
    for table, columns, product in _watched():
        new, old = product.format(row="NEW"), product.format(row="OLD")
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        for when, rows, condition in (
            ("INSERT", (new,), ""),
            ("DELETE", (old,), ""),
            (
                f"UPDATE OF {', '.join(columns)}",
                (new, old) if new.endswith("product_id") else (new,),
                f"WHEN {changed}",
            ),
        ):
            inserts = " ".join(f"INSERT INTO {_DUE} (product_id) VALUES ({row});" for row in rows)  # noqa: S608
            name = f"akceptsearch_{when[:6].lower()}_{table}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield f"CREATE TRIGGER {name} AFTER {when} ON {table} {condition} BEGIN {inserts} END"
    category, within = _category()
    yield "DROP TRIGGER IF EXISTS akceptsearch_category"
    yield f"""
    CREATE TRIGGER akceptsearch_category AFTER UPDATE OF name ON {category} WHEN NEW.name IS NOT OLD.name
    BEGIN INSERT INTO {_DUE} (product_id) SELECT product_id FROM {within} WHERE category_id = NEW.id; END
    """  # noqa: S608  names, not input


def _mirrored(table: str, text: str, *, key: str, column: str) -> Iterator[str]:
    """Return triggers that keep a table of full text as the one it stands for."""
    add = f"INSERT INTO {text}(rowid, {column}) VALUES (NEW.{key}, NEW.{column});"  # noqa: S608  names, not input
    take = f"INSERT INTO {text}({text}, rowid, {column}) VALUES ('delete', OLD.{key}, OLD.{column});"  # noqa: S608
    for name, when, does in (("add", "INSERT", add), ("take", "DELETE", take), ("swap", "UPDATE", take + add)):
        yield f"DROP TRIGGER IF EXISTS akceptsearch_{name}_{text}"
        yield f"CREATE TRIGGER akceptsearch_{name}_{text} AFTER {when} ON {table} BEGIN {does} END"


def _watched() -> Iterator[tuple[str, Iterable[str], str]]:
    for model, columns, product in _WATCHED:
        yield get_model(*model)._meta.db_table, columns, product


def _category() -> tuple[str, str]:
    Category, Within = get_model("catalogue", "Category"), get_model("catalogue", "ProductCategory")
    return Category._meta.db_table, Within._meta.db_table


def take_away(using: str = "default", *, for_good: bool = False, **_kwargs: Any) -> None:
    """Drop what stands on Oscar's tables: on SQLite while a migration may rebuild them, or for good."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'akceptsearch!_%' ESCAPE '!'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
            for table in (_TEXT, _ALIKE) if for_good else ():
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
        elif connection.vendor == "postgresql" and for_good:
            tables = [table for table, _columns, _product in _watched()]
            for name in (*(f"akceptsearch_{table}" for table in tables), "akceptsearch_category"):
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


_MADE: Final = {"sqlite": _sqlite, "postgresql": _on_postgresql}
KEPT: Final = Kept(install=install, missing=missing, take_away=take_away)
