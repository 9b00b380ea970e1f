"""Pictures of the family: each with its data as a table, its query as a link, and downloads."""

from qwen_kg.web.pictures.releases import release_timeline

__all__ = ["release_timeline"]
