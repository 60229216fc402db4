"""What would happen to this customer? A walk on the engine and on production's own rules, at once and in memory."""
