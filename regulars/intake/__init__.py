"""What came in? Verify, normalise, dedupe, write, match triggers."""
