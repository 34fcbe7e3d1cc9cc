"""What of a Kubernetes cluster can be reached: services, ingresses, gateways, and ports of nodes."""
