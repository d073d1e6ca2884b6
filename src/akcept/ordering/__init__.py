"""The use-cases where an order meets a case: place, accept, reject; and what the shop underneath must provide."""
