"""Room: conversations, messages, replies."""
