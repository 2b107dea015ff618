"""The experiments of 2017, run again."""
