"""Every image of a data set through every tool: parity image by image, and the worst ones."""
