"""How we know: items and banks, assessments, attempts, responses, practical observations, confirmations."""
