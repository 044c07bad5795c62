"""By which dangers the town knows its key enterprises."""

import pytest

from services.regulation.tags import FOUR_AND_ONE, THREE_KINDS, Tag, is_key


def test_five_dangers_make_the_double_visit_and_three_the_campaign() -> None:
    """The notice names five and three; dust belongs to both."""
    assert len(FOUR_AND_ONE) == 5
    assert {tag.label for tag in THREE_KINDS} == {"粉尘涉爆", "铝加工（深井铸造）", "钢铁"}
    assert frozenset({Tag.DUST}) == FOUR_AND_ONE & THREE_KINDS


@pytest.mark.parametrize("tag", Tag)
def test_an_enterprise_is_key_by_any_of_them_but_not_by_chemicals_alone(tag: Tag) -> None:
    """Using chemicals has a campaign of its own."""
    assert is_key(frozenset({tag, Tag.CHEMICALS})) is (tag is not Tag.CHEMICALS)
    assert not is_key(frozenset())
