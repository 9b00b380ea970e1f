"""The page of one thing, whatever it is: each module collects a section, ``page`` puts them together."""
