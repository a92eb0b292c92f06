"""Verbs of this room. None of them commits."""
