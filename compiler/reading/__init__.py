"""YAML or JSON text -> plain data with positions; what `document.py` is made of."""
