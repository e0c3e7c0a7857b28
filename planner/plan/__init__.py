"""Decisions and routes to a plan."""
