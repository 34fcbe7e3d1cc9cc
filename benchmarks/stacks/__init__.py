"""What the made-up plans are made of: modules as teams write them, by cloud."""
