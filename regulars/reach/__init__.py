"""Whom will it reach? Who would be let into a journey, and which of its messages could reach them."""
