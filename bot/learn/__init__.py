"""Learning from what people chose: in a process of its own, every night and by `wishlight learn`."""
