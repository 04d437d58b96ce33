"""Records -> text, JSON, SARIF, Markdown; views decide nothing and return strings."""
