"""Shopify: orders, listings and stock counts of one store over the Admin GraphQL API."""
