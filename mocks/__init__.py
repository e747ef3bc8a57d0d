"""A vendor made of tapes, which can be told to misbehave."""
