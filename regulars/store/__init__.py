"""What is on record? Tables and set-based functions on them, one file a noun."""
