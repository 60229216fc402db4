"""Where is each walk, and may it go on? Rows that mirror walks, and what is judged at their turns."""
