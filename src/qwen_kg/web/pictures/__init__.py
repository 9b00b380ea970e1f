"""``/pictures``: pictures of the family, each with its data as a table, its query, and downloads."""

from __future__ import annotations

import difflib
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from qwen_kg.errors import NotFoundError, ParameterError
from qwen_kg.web.drawing.looks import document
from qwen_kg.web.knowledge import Knowledge
from qwen_kg.web.pictures import contexts, licences, lineage, prices, releases, scores
from qwen_kg.web.pictures.picture import Drawn, Picture, as_csv
from qwen_kg.web.pictures.releases import release_timeline
from qwen_kg.web.responses import page

__all__ = ["PICTURES", "pictures_blueprint", "release_timeline"]

#: The pictures by their names, in the order in which they are offered.
PICTURES: dict[str, Picture] = {
    each.name: each
    for each in (
        lineage.PICTURE,
        releases.PICTURE,
        scores.PICTURE,
        contexts.PICTURE,
        prices.PICTURE,
        licences.PICTURE,
    )
}


def pictures_blueprint(kg: Knowledge) -> Blueprint:
    """Make the routes for the pictures of a graph."""
    blueprint = Blueprint("pictures", __name__)

    @blueprint.get("/pictures")
    def index() -> Response:
        return page("pictures.html", pictures=list(PICTURES.values()))

    @blueprint.get("/pictures/<name>")
    def show(name: str) -> Response:
        picture, drawn = _found(name), _draw(kg, name)
        given = urlencode(request.args)
        ending = f"?{given}" if given else ""
        path = url_for("pictures.show", name=picture.name)
        return page(
            "picture.html",
            picture=picture,
            drawn=drawn,
            svg=f"{path}.svg{ending}",
            csv=f"{path}.csv{ending}",
            large=picture is lineage.PICTURE,
        )

    @blueprint.get("/pictures/<name>.svg")
    def as_svg(name: str) -> Response:
        return _file(document(_draw(kg, name).svg), "image/svg+xml", f"qwen-{name}.svg")

    @blueprint.get("/pictures/<name>.csv")
    def as_table(name: str) -> Response:
        return _file(as_csv(_draw(kg, name).table), "text/csv", f"qwen-{name}.csv")

    return blueprint


def _found(name: str) -> Picture:
    """Give a picture.

    Raises:
        NotFoundError: there is none of that name.
    """
    if name not in PICTURES:
        raise NotFoundError(f"there is no picture {name!r}", difflib.get_close_matches(name, PICTURES, n=2))
    return PICTURES[name]


def _draw(kg: Knowledge, name: str) -> Drawn:
    """Draw a picture with the choices of the request, of which each comes once at most.

    Raises:
        NotFoundError: there is none of that name.
        ParameterError: a choice is none of those offered, or comes twice.
    """
    picture = _found(name)
    given = dict(request.args.items())
    given.pop("timeout", None)  # it has been read before
    for key, values in request.args.lists():
        if len(values) > 1:
            raise ParameterError(f"the parameter {key[:60]} is given more than once")
    return picture.draw(kg, given)


def _file(text: str, media_type: str, name: str) -> Response:
    response = Response(text, mimetype=media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
