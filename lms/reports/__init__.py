"""Reports: the pages that count what the other packages hold. Owns no table; nobody imports it."""
