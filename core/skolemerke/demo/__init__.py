"""A filled installation to play with: a generated registry, agencies, people, and applications in every state."""
