"""What an order does to money: what budgets hold of it, and what an organisation may owe."""
