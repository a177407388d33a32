"""Scores: a pure policy makes a score sheet of a submission; sheets stand beside one another, none is changed."""
