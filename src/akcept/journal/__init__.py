"""What happened: append-only entries that are history, audit trail and outbox, and the relay that hands them on."""
