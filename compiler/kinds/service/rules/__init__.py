"""What engineers know about services on Fargate."""
