"""A run's folder, and queries on a stored run."""
