"""Assignments of the plan to departments, people and enterprises."""
