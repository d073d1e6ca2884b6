"""What every room may use and nothing of which needs Django: money, actor, refusals, time."""
