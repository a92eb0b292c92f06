"""HTTP and websocket entrance."""
