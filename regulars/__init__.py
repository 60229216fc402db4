"""What is Regulars? Open-source lifecycle marketing: journeys that turn first orders into regulars."""
