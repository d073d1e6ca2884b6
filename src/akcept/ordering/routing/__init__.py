"""Who is asked about an order, and why: facts, the plan, its words, trials, what newer rules would say."""
