"""Who is it? Identity, consent, place and time zone."""
