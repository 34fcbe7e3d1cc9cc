"""What of Google Cloud can be reached: firewalls, external addresses, forwarding rules, and managed services."""
