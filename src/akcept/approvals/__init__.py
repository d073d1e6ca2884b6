"""Acceptance itself: routing (which steps), the case with its steps and decisions, the state machine."""
