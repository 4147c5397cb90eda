"""Reads of people, always for an actor. One file per noun."""
