"""The business, room by room; a room imports only rooms below it."""
