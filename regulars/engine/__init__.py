"""Where does a customer stand in a journey, and what comes next? Pure: no clock, no I/O, no Temporal, no parties."""
