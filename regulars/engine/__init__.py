"""Where does a customer stand in a journey, and what comes next? Pure: no clock, I/O, Temporal, and no notion of parties."""
