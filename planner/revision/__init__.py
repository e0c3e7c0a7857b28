"""From one finished plan to another: reads plans only and decides nothing."""
