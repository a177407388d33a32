"""The form builder: from a reviewed definition to a form that can be filled in, checked and scored.

A library in its own right: it knows no Flask application and no database. A definition is read with the
position of each word (`located`), validated into frozen values (`definition`), said in the reader's language
(`wording`), and turned into rules over answers (`answers`) and WTForms classes (`fields`).
"""
