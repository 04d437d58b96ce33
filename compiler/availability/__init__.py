"""How available AWS promises the platform's request paths to be, and what is wanted of them."""
