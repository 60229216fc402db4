"""How is each vendor spoken to? One file each."""
