"""A spec's text and fixes -> the text with those changes and no others."""
