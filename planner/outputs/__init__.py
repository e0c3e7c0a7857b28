"""One artifact a file, from a plan."""
