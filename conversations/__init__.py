"""What follows from several mentions: who waits, since when, who answered. Pure functions."""
