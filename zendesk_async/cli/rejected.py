"""The rejects of a run as the input of another."""
