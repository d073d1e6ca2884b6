"""Finding products as people type: an index of folded words beside Oscar's tables, on PostgreSQL and SQLite alike.

An app of its own and optional; a shop that has a search engine leaves it out.
"""
