"""What goes on for months: sources that are followed, their health, signals, and the log."""
