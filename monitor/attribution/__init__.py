"""Whose address is it: place, operator, owners."""
