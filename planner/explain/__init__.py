"""Says of a finished plan why it is as it is: prices what else could be, and solves nothing."""
