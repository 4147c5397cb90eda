"""What proves it: credentials issued and revoked, the printable certificate, public verification."""
