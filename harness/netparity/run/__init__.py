"""One comparison, from the request to the stored run."""
