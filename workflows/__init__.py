"""Which workflows does Temporal run? Thin drivers of the engine."""
