"""Route that finds a place by its name, address, postal code, parcel number or coordinates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from modelops_core.api.access import Reader
from modelops_core.api.backend import Backend
from modelops_core.api.problems import error_responses
from modelops_core.api.threads import in_thread
from modelops_core.domain.access import Caller
from modelops_core.services.site import place_search

router = APIRouter(tags=["places"])
Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=2000,
        description="A name, an address, a postal code, a 19-digit parcel number (PNU), coordinates"
        " of any form or a link of a map",
        examples=["서울역", "37°33'59\"N 126°58'41\"E", "강원도 춘천시"],
    ),
]


class Place(BaseModel):
    """One place that was found."""

    kind: str = Field(
        description="point, province, district, town, postcode, parcel, address, station,"
        " airport, landmark, industry or island",
        examples=["station"],
    )
    name: str = Field(examples=["서울역"])
    name_en: str = Field(examples=["Seoul Station"])
    latitude: float = Field(description="WGS84 [°N]", examples=[37.554])
    longitude: float = Field(description="WGS84 [°E]", examples=[126.971])
    detail: str = Field(description="Where it lies, or its other name", examples=["용산구"])
    detail_en: str = Field(
        description="The same in English, where it is known", examples=["Yongsan-gu, Seoul"]
    )
    former: str = Field(description="The former name that was asked for", examples=[""])
    level: str = Field(description="Of a district: sido, sigungu or emd", examples=[""])
    code: str = Field(description="Of a district or postal code", examples=[""])


class FoundPlaces(BaseModel):
    """The places that a text names, the best first; none where nothing has the name."""

    places: list[Place]


@router.get("/api/v1/places", responses=error_responses())
async def places(
    q: Words,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100)] = place_search.LIMIT,
    caller: Caller = Reader,
) -> FoundPlaces:
    """Find a place; its coordinates are what an assessment takes."""
    backend: Backend = request.app.state.backend
    found = await in_thread(place_search.find, q, backend.place_names, limit)
    return FoundPlaces(places=[Place(**place.to_row()) for place in found])
