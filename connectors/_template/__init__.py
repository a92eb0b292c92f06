"""Template: a tiny complete channel of an invented shop, the pattern of every other folder."""
