"""Budgets from and to files: the columns, and what a file would do."""
