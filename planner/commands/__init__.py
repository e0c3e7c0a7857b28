"""One command a file; each returns the text to show and the exit code."""
