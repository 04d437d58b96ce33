"""Assembly -> live stacks: plan with real change sets, execute exactly those, destroy, tell what is there."""
