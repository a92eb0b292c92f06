"""Instagram: people write to a professional account that is linked to a Facebook page, or comment under its posts."""
