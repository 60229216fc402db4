"""Does it do what was meant? Scenario files, invented customers, and the rules of the house that hold for both."""
