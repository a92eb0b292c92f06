"""WooCommerce: a shop on the seller's own WordPress. Orders, products, counts, and notes to customers."""
