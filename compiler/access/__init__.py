"""Who may do what, and why: what a connection gives, what each role may do."""
