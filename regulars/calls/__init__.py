"""How does a walk call another system? Judged, signed, posted within bounds, and put on record."""
