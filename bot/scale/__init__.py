"""`wishlight simulate-scale`: two databases that differ in nothing but their history, measured beside each other."""
