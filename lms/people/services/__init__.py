"""What changes people: the only writes. Services add and flush; the page or the command commits. One file per noun."""
