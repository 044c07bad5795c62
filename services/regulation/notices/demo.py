"""A plan of our own for demonstrations, written as a township would write it."""

from importlib.resources import files


def demo_plan(year: int) -> str:
    """The text of a notice of 珍溪镇 for a year, with 3 targets, 16 tasks in 6 sections and 3 requirements."""
    plan = files(__package__).joinpath("demo_plan.txt").read_text(encoding="utf-8")
    return plan.replace("{year}", str(year))
