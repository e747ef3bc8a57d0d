"""The front door: one verb per file; the only room that may import every other."""
