"""The GraphQL documents we send, version 2026-04. A single query may cost 1,000 points, which sets the page sizes."""

from __future__ import annotations

VERSION = "2026-04"

ORDER_PAGE = 10
LINE_PAGE = 20
LISTING_PAGE = 30
STOCK_PAGE = 40
BATCH = 250

_LINE = """
fragment LineFields on LineItem {
  id name sku quantity currentQuantity
  variant { id }
  originalUnitPriceSet { shopMoney { amount currencyCode } }
}
"""

_ORDER = (
    """
fragment OrderFields on Order {
  id name createdAt updatedAt cancelledAt currencyCode note email phone
  displayFinancialStatus displayFulfillmentStatus
  customer { id firstName lastName defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }
  shippingAddress { name company address1 address2 city province zip countryCodeV2 phone }
  currentTotalPriceSet { shopMoney { amount currencyCode } }
  fulfillments(first: 3) { status displayStatus createdAt trackingInfo(first: 1) { company number } }
  lineItems(first: 20) { pageInfo { hasNextPage endCursor } nodes { ...LineFields } }
}
"""
    + _LINE
)

_LEVEL = """
fragment LevelFields on InventoryLevel {
  updatedAt
  location { id isActive isFulfillmentService fulfillsOnlineOrders }
  quantities(names: ["available"]) { name quantity }
}
fragment ItemFields on InventoryItem {
  id tracked
  inventoryLevel(locationId: $location) { ...LevelFields }
  inventoryLevels(first: 5) { nodes { ...LevelFields } }
}
"""

ORDERS = (
    """
query Orders($first: Int!, $after: String, $search: String!) {
  orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { ...OrderFields }
  }
}
"""
    + _ORDER
)

ORDER = (
    """
query OneOrder($id: ID!) {
  order(id: $id) { ...OrderFields }
}
"""
    + _ORDER
)

ORDER_LINES = (
    """
query OrderLines($id: ID!, $after: String) {
  order(id: $id) {
    lineItems(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...LineFields } }
  }
}
"""
    + _LINE
)

ORDER_REFUNDS = """
query OrderRefunds($id: ID!) {
  order(id: $id) {
    refunds(first: 25) { refundLineItems(first: 15) { nodes { quantity restockType lineItem { id } } } }
  }
}
"""

LISTINGS = (
    """
query Listings($first: Int!, $search: String!, $location: ID!) {
  shop { currencyCode }
  productVariants(first: $first, query: $search, sortKey: ID) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id title sku barcode price inventoryPolicy updatedAt
      product { id title status onlineStoreUrl featuredMedia { preview { image { url } } } }
      inventoryItem { ...ItemFields }
    }
  }
}
"""
    + _LEVEL
)

STOCK = (
    """
query Stock($first: Int!, $search: String!, $location: ID!) {
  productVariants(first: $first, query: $search, sortKey: ID) {
    pageInfo { hasNextPage endCursor }
    nodes { id sku inventoryItem { ...ItemFields } }
  }
}
"""
    + _LEVEL
)

ITEM = (
    """
query OneItem($id: ID!, $location: ID!) {
  inventoryItem(id: $id) {
    ...ItemFields
    variants(first: 10) { nodes { id sku } }
  }
}
"""
    + _LEVEL
)

LEVELS = """
query Levels($ids: [ID!]!, $location: ID!) {
  nodes(ids: $ids) {
    __typename
    ... on InventoryItem {
      id
      inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } }
    }
  }
}
"""

VARIANTS_COUNT = """
query VariantsCount {
  productVariantsCount(limit: null) { count }
}
"""

BULK_RUN = """
mutation BulkRun($query: String!) {
  bulkOperationRunQuery(query: $query) {
    bulkOperation { id }
    userErrors { code field message }
  }
}
"""

BULK_STATUS = """
query BulkStatus($id: ID!) {
  bulkOperation(id: $id) { id status url }
}
"""

BULKS = """
query Bulks {
  bulkOperations(first: 10, reverse: true) { nodes { id status query } }
}
"""

CURRENCY = """
query Currency {
  shop { currencyCode }
}
"""

PRIMARY_LOCATION = """
query PrimaryLocation {
  location { id }
}
"""

CHECK = """
query Check {
  shop { name myshopifyDomain }
  currentAppInstallation { accessScopes { handle } }
}
"""

SET_QUANTITIES = """
mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""

WEBHOOKS = """
query Webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri }
  }
}
"""

WEBHOOK_CREATE = """
mutation WebhookCreate($topic: WebhookSubscriptionTopic!, $webhook: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhook) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""

WEBHOOK_UPDATE = """
mutation WebhookUpdate($id: ID!, $webhook: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhook) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""

WEBHOOK_DELETE = """
mutation WebhookDelete($id: ID!) {
  webhookSubscriptionDelete(id: $id) {
    deletedWebhookSubscriptionId
    userErrors { field message }
  }
}
"""


def bulk_listings(location: str) -> str:
    """The same fields as `LISTINGS`. A bulk operation takes no variables, and its connections go by edges."""
    level = """{
              updatedAt
              location { id isActive isFulfillmentService fulfillsOnlineOrders }
              quantities(names: ["available"]) { name quantity }
            }"""
    return f"""{{
  productVariants {{
    edges {{
      node {{
        id title sku barcode price inventoryPolicy updatedAt
        product {{ id title status onlineStoreUrl featuredMedia {{ preview {{ image {{ url }} }} }} }}
        inventoryItem {{
          id tracked
          inventoryLevel(locationId: "{location}") {level}
          inventoryLevels {{ edges {{ node {level} }} }}
        }}
      }}
    }}
  }}
}}"""
