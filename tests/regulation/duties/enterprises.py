"""Enterprises for tests: small ones by hand, and all kinds by chance."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from services.regulation.duties import Certificate, Circumstance, Duty, Facts, ProductionState, evaluate
from services.regulation.industries import Sector
from services.regulation.tags import Tag

TODAY = date(2026, 11, 23)
UNDER_AQF21 = date(2021, 9, 1)
DAYS = st.dates(date(2012, 1, 1), date(2031, 12, 31))
COUNTS = st.integers(0, 3)
HEADCOUNTS = st.sampled_from([0, 1, 99, 100, 101, 102, 299, 300, 301, 302, 365, 366]) | st.integers(0, 2000)
CERTIFICATES = st.builds(Certificate, st.none() | DAYS, DAYS)

FACTS = st.builds(
    Facts,
    sector=st.sampled_from(Sector),
    headcount=HEADCOUNTS,
    production_state=st.sampled_from(ProductionState),
    is_smelter=st.booleans(),
    is_state_owned=st.booleans(),
    is_above_scale=st.booleans(),
    is_peri_urban=st.booleans(),
    tags=st.frozensets(st.sampled_from(Tag)),
    circumstances=st.frozensets(st.sampled_from(Circumstance)),
    has_safety_office=st.booleans(),
    full_time_officers=COUNTS,
    part_time_officers=COUNTS,
    certified_engineers=COUNTS,
    chief_engineers=COUNTS,
    examined_principal=st.booleans(),
    examined_officers=COUNTS,
    certificates=st.lists(CERTIFICATES, max_size=4).map(tuple),
    standard_level=st.sampled_from([None, "一级", "二级", "三级"]),
    standard_granted_on=st.none() | DAYS,
    standard_expires_on=st.none() | DAYS,
    insured_from=st.none() | DAYS,
    insured_to=st.none() | DAYS,
    open_hazards=COUNTS,
)


def a_factory(**changes: Any) -> Facts:
    """A producing machinery works of ten people with nothing special."""
    return Facts(**{"sector": Sector.MACHINERY, "headcount": 10, **changes})


def a_smelter(**changes: Any) -> Facts:
    """A producing smelter of twelve people."""
    return a_factory(**{"sector": Sector.METALLURGY, "headcount": 12, "is_smelter": True, **changes})


def owed(facts: Facts, on: date = TODAY) -> dict[str, Duty]:
    """What it owes, by code."""
    return {duty.code: duty for duty in evaluate(facts, on)}
