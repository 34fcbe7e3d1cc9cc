"""What of Azure can be reached: security groups, public addresses, balancers, and the firewalls of its services."""
