"""Asking for lists, handing them in, reminding."""
