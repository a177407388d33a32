"""Step two: drafts, evidence, declaration, submission."""
