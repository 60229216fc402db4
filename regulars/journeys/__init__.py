"""What did the marketer write? The language: its model, its loader and the control graph a walk follows."""
