"""Who can reach what: endpoints, the packets that get to them, and what of it a plan opens or closes."""
