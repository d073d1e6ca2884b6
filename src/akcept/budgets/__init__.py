"""Budgets: limits per unit, member or cost centre and period; a balance is a sum of ledger rows, never a column."""
