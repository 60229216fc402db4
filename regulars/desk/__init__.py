"""What does support look up? Journeys with their figures, one customer, one message; nothing here writes."""
