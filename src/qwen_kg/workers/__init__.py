"""Evaluation in processes that can be killed, because Oxigraph's evaluation cannot be interrupted.

Three kinds of process: the *pool* lives in the web process and hands out work; the *nursery* holds the data
in memory and forks; an *evaluator* is such a fork, and answers one message after the other. A fork shares the
memory of the nursery, so that a killed evaluator is replaced in milliseconds however large the data are. The
*writer* is an evaluator, too, the only one that has a store on disk for itself.
"""
