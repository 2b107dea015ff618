"""A pass of many images through the tools, a chunk at a time; data sets and transfers make it."""
