"""What happened: append-only entries that are history, audit trail and outbox at once, and the relay that hands them on."""
