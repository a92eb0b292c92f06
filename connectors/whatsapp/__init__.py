"""WhatsApp: people write to a business number on Meta's Cloud API."""
