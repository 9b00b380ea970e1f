"""The page of one thing, whatever it is: each module collects a section of it, ``page`` puts them together."""
