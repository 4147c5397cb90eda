"""Campaign: what the ward asks its units for by a date, what they hand in, and who is reminded of what."""
