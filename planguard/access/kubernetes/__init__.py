"""What Kubernetes' role-based access control lets people and service accounts do."""
