"""Who gets no mail, and what staff do with the mail that was queued."""
