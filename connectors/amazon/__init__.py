"""Amazon: SP-API for orders, listings and counts, the relay mailbox for what buyers write."""
