"""What every connector folder is built on: contract, shapes, errors, limits, transport, pretend shop."""
