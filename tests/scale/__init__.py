"""The published figures: each module measures one row of the table of speed against a limit and a peer, in one run."""
