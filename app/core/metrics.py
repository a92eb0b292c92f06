"""Prometheus figures of this process. Labels never carry a workspace, an address or a name."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

webhooks = Counter("onecounter_webhook_received_total", "Webhooks by channel and result", ["channel", "result"])
webhook_seconds = Histogram(
    "onecounter_webhook_ack_seconds", "From first byte to the answer", buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3)
)
repeats = Counter("onecounter_dedupe_hits_total", "Deliveries that were known already", ["channel"])
events = Counter("onecounter_events_total", "Events handled", ["kind"])
parked = Counter("onecounter_parked_total", "Deliveries parked", ["channel"])
sends = Counter("onecounter_sends_total", "Outcome of send attempts", ["channel", "outcome"])
pushes = Counter("onecounter_stock_pushes_total", "Outcome of listing pushes", ["channel", "outcome"])
push_lag = Histogram(
    "onecounter_stock_push_lag_seconds", "From dirty to leaving", buckets=(0.01, 0.05, 0.1, 0.3, 1, 3, 10, 60, 600)
)
duty_seconds = Histogram("onecounter_duty_seconds", "One handled batch", ["duty"])
duty_failures = Counter("onecounter_duty_failures_total", "Batches that raised", ["duty"])
stamped = Counter("onecounter_changes_total", "Changes stamped and told")
sockets = Gauge("onecounter_ws_clients", "Open sockets")
resets = Counter("onecounter_ws_resync_total", "Sockets told to load afresh")
channel_requests = Counter("onecounter_channel_requests_total", "Calls to channels", ["channel", "status"])
sign_in_failures = Counter("onecounter_auth_failures_total", "Refused sign-ins", ["reason"])
