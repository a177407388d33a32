"""Large writes beside others: prepared where nobody waits for them, then brought in slice by slice."""
