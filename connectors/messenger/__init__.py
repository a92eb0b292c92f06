"""Messenger: people write to a Facebook page, or comment under its posts."""
