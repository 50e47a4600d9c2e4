"""The JSON Schema of a dossier's verdicts: `python -m clover.dossier.schema` writes it to `schema/`."""

from clover.dossier.verdicts import dossier_verdicts_schema
from clover.report.schema import PATH as OF_VERDICTS
from clover.report.schema import render

PATH = OF_VERDICTS.with_name("dossier-verdicts.schema.json")

if __name__ == "__main__":
    PATH.write_text(render(dossier_verdicts_schema()), encoding="utf-8")
