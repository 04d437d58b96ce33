"""What engineers know about ECS clusters."""
