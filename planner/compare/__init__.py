"""Sets finished plans side by side; reads plans only and decides nothing."""
