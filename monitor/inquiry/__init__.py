"""Answers about one address, one country or the atlas: what the commands explain, law and geodata print."""
