"""National support organisations: the countries and schools that they answer for, their wording and settings."""
