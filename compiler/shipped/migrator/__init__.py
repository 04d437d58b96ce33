"""A Lambda function that brings a PostgreSQL database to the version that a folder of SQL files describes."""
