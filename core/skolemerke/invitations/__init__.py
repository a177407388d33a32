"""Every registered teacher of a school that passed step one is invited, once."""
