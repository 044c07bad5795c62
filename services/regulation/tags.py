"""The dangers by which key enterprises are known (珍溪府发〔2021〕29号 三(四)10、三(五)11-12)."""

from enum import StrEnum


class Tag(StrEnum):
    """One danger that an enterprise has on its premises."""

    DUST = "dust"
    MOLTEN_METAL = "molten_metal"
    METALLURGICAL_GAS = "metallurgical_gas"
    AMMONIA = "ammonia"
    CONFINED_SPACE = "confined_space"
    ALUMINIUM_CASTING = "aluminium_casting"
    STEEL = "steel"
    CHEMICALS = "chemicals"

    @property
    def label(self) -> str:
        """The name that people see."""
        return LABELS[self]


LABELS = {
    Tag.DUST: "粉尘涉爆",
    Tag.MOLTEN_METAL: "高温熔融金属",
    Tag.METALLURGICAL_GAS: "冶金煤气",
    Tag.AMMONIA: "涉氨制冷",
    Tag.CONFINED_SPACE: "有限空间作业",
    Tag.ALUMINIUM_CASTING: "铝加工（深井铸造）",
    Tag.STEEL: "钢铁",
    Tag.CHEMICALS: "使用危险化学品",
}

FOUR_AND_ONE = frozenset({Tag.DUST, Tag.MOLTEN_METAL, Tag.METALLURGICAL_GAS, Tag.AMMONIA, Tag.CONFINED_SPACE})
"""四涉一有限: whoever carries one of these is visited for enforcement and standardization at once."""

THREE_KINDS = frozenset({Tag.DUST, Tag.ALUMINIUM_CASTING, Tag.STEEL})
"""三类重点企业: the special campaign with its items to strike off."""


def is_key(tags: frozenset[Tag]) -> bool:
    """Whether an enterprise is visited every year instead of being drawn (优化营商环境条例 54)."""
    return bool(tags & (FOUR_AND_ONE | THREE_KINDS))
