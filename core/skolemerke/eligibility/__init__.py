"""Step one: every school gets a verdict on each criterion, with what was found and what was required."""
