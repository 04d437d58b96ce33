"""The roles with which CI deploys a platform: what they may do, from the templates and AWS's own data."""
