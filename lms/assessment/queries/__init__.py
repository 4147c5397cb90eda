"""Reads of assessment. One file per noun."""
