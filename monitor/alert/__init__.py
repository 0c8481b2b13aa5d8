"""Alerting: the life of a finding, what exempts it, its text, and the ways on which it is told."""
