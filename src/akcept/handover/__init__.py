"""What an outside system has fetched of the shop's work: leases, and what it answered."""
