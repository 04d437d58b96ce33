"""Formwork: one declarative platform spec -> CloudFormation, reviewed and deployed as reviewed."""

__version__ = "0.1.0"
