"""What was asked for, what was handed in, who was reminded."""
