"""Review, decision, label, certificate and publication."""
