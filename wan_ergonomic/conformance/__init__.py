"""Whether one request or response honours the contract."""
