"""How is Temporal reached? Client, ids, queues, search attributes, failures, relay."""
