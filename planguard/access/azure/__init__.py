"""What role assignments and access policies of Azure let principals do."""
