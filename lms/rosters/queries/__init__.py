"""Reads of rosters. One file per noun."""
