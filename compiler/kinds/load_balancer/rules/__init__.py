"""What engineers know about load balancers."""
