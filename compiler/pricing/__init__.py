"""What AWS charges, as data: see `books/` for the prices and `book.py` for how they are found."""
