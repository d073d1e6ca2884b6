"""Agreements: what a customer may buy, at which price, in which packs; inherited down its tree."""
