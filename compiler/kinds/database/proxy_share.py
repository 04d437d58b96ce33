"""How much of a database its proxy takes."""

# Percent of the connections: the rest is for those who pass the proxy by, such as who rotates passwords.
MOST_CONNECTIONS = 90
