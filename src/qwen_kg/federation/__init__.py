"""Queries that call other endpoints (SPARQL 1.1 Federated Query), as far as they are allowed.

Oxigraph calls whatever address SERVICE names, as often as it likes, and takes what comes. So a query is
*rewritten* before it is evaluated: its calls go to a *relay* in the web process instead. The relay *calls*
the endpoints that are allowed, at *addresses* that it has checked.
"""
