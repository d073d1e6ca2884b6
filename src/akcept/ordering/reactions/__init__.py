"""What happens by itself, after a commit or with time: asking anew, thresholds, reminders, and looking ahead at it."""
