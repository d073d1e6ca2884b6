"""The search of products."""
