"""What an environment costs in a month, from its templates, a price book and the declared use."""
