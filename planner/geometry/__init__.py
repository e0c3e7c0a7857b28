"""Where things are and how a run may go."""
