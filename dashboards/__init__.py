"""The Grafana dashboards, written in Python and committed as JSON. No part of the program: nothing there imports it."""
