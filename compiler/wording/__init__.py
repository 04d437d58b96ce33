"""What a jsonschema error means, in the words of the spec; what `validate.py` is made of."""
