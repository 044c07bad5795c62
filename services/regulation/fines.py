"""Money added to a fine that is not paid in time."""

LATE_PERCENT_PER_DAY = 3


def late_fee(fine_fen: int, days_late: int) -> int:
    """What is added to an unpaid fine: 3 % a day, never more than the fine itself, in 分 (行政处罚法 72)."""
    return min(fine_fen, fine_fen * LATE_PERCENT_PER_DAY * max(0, days_late) // 100)
