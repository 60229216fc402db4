"""What can be typed? The regulars command."""
