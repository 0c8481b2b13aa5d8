"""An invented hosting environment that writes flow logs and states the truth about every line of them.

The truth comes from the scenario's own tables, never from the program under test: nothing here imports attribution,
law or inventory.
"""
