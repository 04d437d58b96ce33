"""What AWS knows of things that fail; one module per kind of evidence, chosen by resource type."""
