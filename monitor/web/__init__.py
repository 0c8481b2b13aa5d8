"""The pages that are served: health, metrics, and the report of each month."""
