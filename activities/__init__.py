"""Which effects can a workflow ask for? One dataclass in, one out."""
