"""Reading what people write: text files to typed records that remember their place."""
