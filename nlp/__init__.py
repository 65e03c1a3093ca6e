"""Text in, a dataclass out: what a resident means, where, how urgent, and what must stay private."""
