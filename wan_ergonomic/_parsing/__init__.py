"""API responses to data: a Generation, a typed error, and departures from the contract."""
