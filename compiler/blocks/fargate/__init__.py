"""What services and tasks share: one container on Fargate, its image, roles, folders and helpers."""
