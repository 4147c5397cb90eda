"""Lists of people: read from any spreadsheet, checked row by row, matched with who is here, taken in, undone, given back."""
