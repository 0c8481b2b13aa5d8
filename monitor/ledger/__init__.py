"""The store of what was judged: sums, evidence, checkpoints and coverage, each input counted once."""
