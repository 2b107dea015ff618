"""Layers captured from a model in the user's own process: a PyTorch module or a Keras model.

No framework is imported: a model brings its own, and its arrays are read by their own methods.
"""
