"""What an order was before: its revisions, how two states differ, and the order that stands in its place."""
