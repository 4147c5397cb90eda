"""What changes in assessment, and how it is marked. One file per noun."""
