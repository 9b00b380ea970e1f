"""The shapes of data files: what a person may write, and what a mistake looks like.

The records hold structure only. Which properties an entity may have, and what their values are, is said by
the ontology: a property is added there and needs no code here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from qwen_kg.authoring.reader import Block, Text
from qwen_kg.errors import Position
from qwen_kg.namespaces import BASE

NOWHERE = Position("", 0, 0)

EntityId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
SourceId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]


WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s<>\"{}|\\^`]+$")]


def _foreign(iri: str) -> str:
    if iri.startswith(BASE):
        raise ValueError("an IRI of ours is made of the id; leave it out")
    return iri


ForeignIri = Annotated[WebAddress, AfterValidator(_foreign)]


class Record(BaseModel):
    """A block of a data file, and its place."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=True)

    at: SkipJsonSchema[Position] = Field(default=NOWHERE, exclude=True, repr=False)
    places: SkipJsonSchema[dict[str, Position]] = Field(default={}, exclude=True, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _remember_places(cls, given: Any) -> Any:
        if not isinstance(given, Block):
            return given
        for key in {"at", "places"} & given.keys():
            raise ValueError(f'"{key}" is not a key of this block')
        places = {key: value.position for key, value in given.items() if isinstance(value, Text)}
        return {**given, "at": given.position, "places": places}

    def place(self, key: str) -> Position:
        """Give where the text of a key stands, or the block where the key has none."""
        return self.places.get(key, self.at)


def _listed(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


Element = TypeVar("Element")
OneOrMore = Annotated[list[Element], BeforeValidator(_listed), Field(min_length=1)]


class Origin(Record):
    """Where something is said: a passage by its name, or lines, of a source."""

    source: SourceId | None = Field(
        None, description="the source; may be left out where a block above names it"
    )
    passage: str | None = Field(None, description="the name of a passage that the source file lists")
    lines: Annotated[str, Field(pattern=r"^[1-9]\d*(-[1-9]\d*)?$")] | None = Field(
        None, description="a line or a range of lines, such as 12 or 12-15"
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"passage": str(given), "at": given.position} if isinstance(given, Text) else given

    @model_validator(mode="after")
    def _one_place(self) -> Origin:
        if self.passage and self.lines:
            raise ValueError("give a passage or lines, not both")
        if not (self.source or self.passage or self.lines):
            raise ValueError("give a source, a passage or lines")
        return self


Origins = Annotated[list[Origin], BeforeValidator(_listed), Field(min_length=1)]


class Evidenced(Record):
    """Anything that a source says, with how it says it."""

    origins: Origins = Field(default=[], alias="from", description="the passages that say it")
    standing: Literal["asserted", "inferred", "attributed", "planned"] = "asserted"
    decision: str | None = Field(None, description="a curator's reason to prefer this to what contradicts it")
    reason: str | None = Field(None, description="why it is inferred")
    scope: str | None = Field(None, description="the part of the subject for which it is said")
    condition: str | None = Field(None, description="the circumstances under which it is said to hold")

    @model_validator(mode="after")
    def _inference_has_reason(self) -> Evidenced:
        if self.standing == "inferred" and not self.reason:
            raise ValueError("an inferred value needs a reason")
        return self


class Stated(Evidenced):
    """One value of a property; plain text stands for a value with nothing to add."""

    value: str
    polarity: Literal["affirmed", "denied"] = "affirmed"
    as_of: str | None = Field(None, alias="asOf", description="the time for which it is said, as EDTF")
    language: str | None = Field(None, description="BCP 47 tag of a name")
    relative_to: str | None = Field(None, alias="relativeTo", description="what a quantity is a share of")
    measured_in: str | None = Field(None, alias="measuredIn", description="the measure behind a share")
    each: bool = Field(False, description="said of every variant listed in this file, besides the model")
    exceptions: dict[str, Origins] = Field(
        {}, alias="except", description="variants that it is denied for, each with the passages that say so"
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"value": str(given), "at": given.position} if isinstance(given, Text) else given

    @model_validator(mode="after")
    def _exceptions_need_each(self) -> Stated:
        if self.exceptions and not self.each:
            raise ValueError("except goes with each: true")
        return self


Values = OneOrMore[Stated]


class EventRecord(Evidenced):
    """Something that happened to the entity that the block belongs to."""

    kind: str
    date: str | None = Field(None, description="as EDTF; left out where no source gives one")
    agent: str | None = None
    note: str | None = Field(None, description="what the source adds to the date")
    time_zone: Annotated[str, Field(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")] | None = Field(
        None, alias="timeZone"
    )
    under_name: str | None = Field(None, alias="underName")
    via: str | None = Field(None, description="the platform it was made known through")
    before: str | None = Field(
        None, description="the kind of a later event of this entity that needed this one"
    )
    announces: str | None = Field(None, description="the property whose planned value it made known")
    each: bool = Field(False, description="it happened to every variant listed in this file, too")
    only: list[str] = Field([], description="with each: the variants it happened to, if not to all")

    @model_validator(mode="after")
    def _only_goes_with_each(self) -> EventRecord:
        if self.only and not self.each:
            raise ValueError("only goes with each: true")
        return self


class EntityRecord(Record):
    """A model, an organization, a licence and so on; every other key is a property of the ontology."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, str_strip_whitespace=True)
    __pydantic_extra__: dict[str, Values]

    id: EntityId
    kind: str | None = Field(None, description="its class; implied by the file where it holds one kind")
    iri: ForeignIri | None = Field(None, description="its IRI, where it is not one of ours")
    label: str
    description: str = Field(description="what it is, in our own words")
    spellings: list[str] = Field([], description="further spellings to be found by; no source needed")
    url: WebAddress | None = None
    origins: Origins = Field(
        default=[], alias="from", description="what the values below come from, if not said"
    )
    names: Values | None = Field(None, description="other names that sources give")
    events: list[EventRecord] = []
    variants: list[EntityRecord] = []

    @property
    def properties(self) -> dict[str, list[Stated]]:
        """The stated values, by property name."""
        return self.__pydantic_extra__ or {}


class VersionRecord(Record):
    """One state of a source."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    commit: str | None = None
    date: str | None = None


class PassageRecord(Record):
    """A named place in a plain text: its paragraph, and its characters counted from the start of the text."""

    paragraph: Annotated[int, Field(ge=1)]
    chars: Annotated[str, Field(pattern=r"^\d+-\d+$")]

    @property
    def span(self) -> tuple[int, int]:
        """The offsets of the first character and of the first after the last."""
        start, _, end = self.chars.partition("-")
        return int(start), int(end)

    @model_validator(mode="after")
    def _forwards(self) -> PassageRecord:
        if self.span[0] >= self.span[1]:
            raise ValueError("the passage ends before it starts")
        return self


class SourceRecord(Record):
    """A document that is cited."""

    id: SourceId
    title: str
    description: str
    kind: Literal["official", "registry", "press", "encyclopaedia"]
    url: WebAddress | None = None
    publisher: str | None = None
    date: str | None = Field(None, description="when it was published, as EDTF")
    license: str | None = Field(None, description="what is known of the licence of the text")
    versions: Annotated[list[VersionRecord], Field(min_length=1)]
    passages: dict[str, PassageRecord] = {}
    origins: Origins = Field(default=[], alias="from")
    links_to: Values | None = Field(None, alias="linksTo")


class ComparisonRecord(Evidenced):
    """One pair of a comparison claim."""

    relation: str
    to: str


class ClaimRecord(Evidenced):
    """What somebody says of a model."""

    id: EntityId
    label: str
    text: str = Field(description="what is claimed, in our own words")
    subject: str
    claimant: str | None = None
    reporter: str | None = None
    via: str | None = None
    date: str | None = None
    aspect: str | None = None
    benchmarks: str | None = None
    trends: list[str] = []
    comparisons: list[ComparisonRecord] = []
