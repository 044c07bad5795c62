"""The plan for the year on the screen: importing, reviewing, signing, reading, amending."""
