"""Empty, as Oscar's: a fork made by `oscar_fork_app` imports it."""
