"""The endpoint beside its peers: the same data, the same requests, the same machine, in turn."""
