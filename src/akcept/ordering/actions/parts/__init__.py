"""What several actions do, inside the transaction of whoever calls; nothing here commits."""
