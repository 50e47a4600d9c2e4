"""The auditor's dossier: what was declared and proved, in files that can be checked without Clover's operator.

`clover report` writes one, `clover verify` checks one. A dossier is a folder; `evidence/statement.json` names every
other file with its digest, and what is signed is that statement (in-toto Statement v1 in a DSSE envelope).
"""
