"""Texts and how many words a person counts in them; the server's rule and the page's script are held to the same."""

import unicodedata

GREEK = "Η σχολική μονάδα συνεργάζεται με δύο σχολεία."

WORD_COUNTS: list[tuple[str, int]] = [
    ("", 0),
    ("   \n\t ", 0),
    ("– … ! *", 0),
    ("one", 1),
    ("one two", 2),
    ("one,two", 1),
    ("one, two", 2),
    ("one\ntwo", 2),
    ("one\r\ntwo\r\n\r\nthree", 3),
    ("one\N{NO-BREAK SPACE}two", 2),
    # A hyphen, point or slash inside a word does not divide it; a dash between words does.
    ("e-sikkerhet", 1),
    ("før – og etter", 3),
    ("på-logging og av-logging", 3),
    ("3.5 prosent", 2),
    ("3–17 October", 3),
    ("7A/7B", 1),
    ("https://www.example.org/etwinning", 2),
    ("kari@skole.example", 1),
    ("snake_case", 1),
    # French: what an apostrophe joins is one word, whichever apostrophe is typed.
    ("l'école", 1),
    ("l’école d’aujourd’hui", 2),
    ("Qu'est-ce que c'est ?", 3),
    ("« l’élève »", 1),
    # Greek, composed and decomposed; an elision stands before a blank.
    (GREEK, 7),
    (unicodedata.normalize("NFD", GREEK), 7),
    ("απ' όλα τα παιδιά", 4),
    # Cyrillic.
    ("Учениците работят по-добре заедно.", 4),
    ("Здоров'я та безпека", 3),
    # Norwegian, Icelandic, Maltese, Turkish.
    ("Åse og Øystein lærte å dele", 6),
    ("Þetta er skólinn okkar", 4),
    ("L-iskola tagħna", 2),
    ("İstanbul'da üç öğretmen", 3),
    # Georgian, Armenian, Hebrew, Arabic.
    ("ჩვენი სკოლა", 2),
    ("մեր դպրոցը", 2),
    ("בית הספר שלנו", 3),
    ("مدرستنا تتعاون", 2),
]
