"""`python -m monitor` is `transferwatch`."""

from monitor.cli import main

main()
