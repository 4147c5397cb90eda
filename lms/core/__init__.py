"""What every feature stands on: database, clock, errors, audit, settings, throttle, content tree. Knows no feature."""
