"""What an amendment changed is shown character by character."""

from hypothesis import given
from hypothesis import strategies as st

from services.portal.plans.differences import stretches

WORDS = st.text(alphabet="安全生产检查，。2名 \n", max_size=40)


def test_only_what_differs_is_marked() -> None:
    """The common words stand once, the old and the new between them."""
    told = [(stretch.text, stretch.mark) for stretch in stretches("6月底前\n完成", "5月底前完成")]
    assert told == [("6", "gone"), ("5", "new"), ("月底前完成", "")]


@given(before=WORDS, after=WORDS)
def test_both_wordings_can_be_read_from_the_difference(before: str, after: str) -> None:
    """Without the new it is the old, without the old it is the new."""
    told = stretches(before, after)
    assert "".join(one.text for one in told if one.mark != "new") == "".join(before.split())
    assert "".join(one.text for one in told if one.mark != "gone") == "".join(after.split())
