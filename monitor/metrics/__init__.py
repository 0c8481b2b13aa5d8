"""What Prometheus is told: which metrics there are, which labels they bear, how they move."""
