"""Will anything break? What `regulars check` finds in what the marketer wrote, beyond what loading refuses."""
