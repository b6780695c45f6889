"""Range functions (DMN 1.5, table 79)."""
