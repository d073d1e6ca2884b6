"""What happened to an order while it waited: today's prices, and what is in the way of delivering it."""
