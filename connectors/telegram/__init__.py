"""Telegram: people write to a shop's bot, or to its Business account that a bot is linked to."""
