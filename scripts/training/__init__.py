"""How the nets in models/ were made. A developer's tool in its own environment (locks/training.txt and torch)."""
