"""What depends on the operating system: processes, limits, paths, the cache, logs."""
