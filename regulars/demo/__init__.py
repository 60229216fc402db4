"""What does a shop look like over ten days? A sample shop, played through the real endpoints, and its books."""
