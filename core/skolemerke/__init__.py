"""The Flask core of Skolemerke: it runs the rounds of the eTwinning School Label and knows no round itself."""
