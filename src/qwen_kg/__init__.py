"""A checked knowledge graph of the Qwen model family, with the source of every statement.

>>> import qwen_kg
>>> kg = qwen_kg.open()
>>> kg.query("license", model="Qwen3-8B").rows()[0]["licenseLabel"]
'Apache License 2.0'
"""

from qwen_kg.knowledge_graph import Answer, KnowledgeGraph
from qwen_kg.knowledge_graph import open_graph as open  # noqa: A004 - qwen_kg.open() reads as what it does

__all__ = ["Answer", "KnowledgeGraph", "open"]
