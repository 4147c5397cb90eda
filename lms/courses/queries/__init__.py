"""Reads of courses, for a reader (a person or a guest). One file per noun."""
