"""A lesson file turned into safe HTML, once, at load time: read its structure, render its parts, compose its article."""
