"""Why did a customer get a message, or not? Read back from what is on record; nothing here decides or writes."""
