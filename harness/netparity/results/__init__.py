"""A run's folder, and the questions that one can ask of a stored run."""
