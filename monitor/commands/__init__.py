"""What the larger commands do, one module each; `cli` declares them."""
