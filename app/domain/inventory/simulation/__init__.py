"""What a policy costs before it is chosen: one SKU on several channels, played through with the arithmetic the pusher uses."""
