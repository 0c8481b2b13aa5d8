"""Figures and words of what was judged."""
