"""What tests share: real servers and a real browser, and the word on what a machine lacks for them."""
