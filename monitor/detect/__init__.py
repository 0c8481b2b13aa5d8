"""Detection: Sigma rules compiled to expressions over judged rows, and what they match."""
