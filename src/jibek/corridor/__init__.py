"""The model: a corridor package, its tables, reading, checking and changes."""
