"""What would change, classed by risk; pure functions over templates and described change sets."""
