"""Orders placed by employees wait for their organisation's acceptance: a B2B package for django-oscar."""

__version__ = "0.1.0"
