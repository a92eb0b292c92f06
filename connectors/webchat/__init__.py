"""Web chat: visitors of the shop's own page write in our widget. The channel is ourselves."""
