"""The demonstration: an invented ward with people in every role and state, made by the same rules as real ones."""
