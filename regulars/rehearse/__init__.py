"""Does production do what was simulated? The same script on a real Temporal server, under virtual time."""
