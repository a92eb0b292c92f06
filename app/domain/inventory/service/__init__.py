"""Verbs of this room. None of them commits, but the public `reserve`."""
