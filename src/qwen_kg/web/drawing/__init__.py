"""Drawings: data go in, an inline SVG comes out, which takes its looks from the classes of the style sheet.

Every text and every address is escaped. A drawing has its natural size in pixels; what is wide belongs in an
element of the class ``scroll``, where a narrow screen shows it at that size.
"""
