"""Scripts that print tables of figures: ``python -m tests.benchmarks.solver`` and the like."""
