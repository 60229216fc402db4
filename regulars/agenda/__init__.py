"""What does time bring about? Schedules and broadcasts, dates and segments, and audiences let in page by page."""
