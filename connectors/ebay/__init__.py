"""eBay: buyer messages, orders and both listing models of one seller account."""
