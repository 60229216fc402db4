"""What does a journey look like? Its chart, laid out once, as SVG, and as Mermaid. Knows the language alone."""
