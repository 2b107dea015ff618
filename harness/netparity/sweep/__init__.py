"""A grid of comparisons with one schedule."""
