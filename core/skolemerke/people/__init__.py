"""Who is who: accounts, sign-in, roles, and `may`, the one function that says who may do what."""
