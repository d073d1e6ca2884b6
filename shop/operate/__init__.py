"""Running the shop as a service: whether it lives, whether it is ready, its figures, one line of log a request."""
