"""What goes on for months: sources that are followed, their health, signals, and what is told to systemd and the log."""
