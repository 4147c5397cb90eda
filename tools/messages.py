"""Collects the screen words (Vietnamese, the source) into the English catalogue and compiles it.

`--check` changes nothing and fails when a word is missing in English, fuzzy, or breaks its placeholders.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages import Catalog, extract, mofile, pofile

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "lms" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
            "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2)}
HEADER = {"project": "Bình dân LMS", "version": "1", "last_translator": "Bình dân LMS", "language_team": "English",
          "msgid_bugs_address": "README.md"}
JINJA = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
PLACEHOLDER = re.compile(r"%(?:\(\w+\)[sd]|%)?|\{\w*\}")  # a lone % breaks a sentence that has values
UNSAFE = re.compile('[<>&"]')  # templates print a translation as it is


def main():
    known = pofile.read_po(PO.open("rb"), locale="en") if PO.exists() else Catalog(locale="en")
    fresh = collect()
    merged = Catalog(locale="en", charset="utf-8", fuzzy=False, header_comment="# English", **HEADER,
                     creation_date=known.creation_date, revision_date=known.creation_date)
    for message in fresh:
        if message.id:
            old = known.get(message.id, message.context)
            merged.add(message.id, old.string if old else "", flags=old.flags if old else (), context=message.context)
    faults = [fault for message in merged if message.id for fault in faults_of(message)]
    if "--check" in sys.argv:
        stale = compiled(known) != PO.with_suffix(".mo").read_bytes() if PO.with_suffix(".mo").exists() else True
        faults += ["messages.mo is not compiled from messages.po: run make messages"] if stale else []
    else:
        PO.parent.mkdir(parents=True, exist_ok=True)
        with PO.open("wb") as file:
            pofile.write_po(file, merged, sort_output=True, no_location=True, width=120, omit_header=False)
        PO.with_suffix(".mo").write_bytes(compiled(merged))
    print("\n".join(faults) or "complete")
    return 1 if faults else 0


def collect():
    """Every word that the code and the templates mark for translation."""
    catalog = Catalog(locale="en")
    for method, pattern, options in (("python", "**/*.py", {}), ("jinja2", "**/*.html", JINJA)):
        for path in sorted((ROOT / "lms").glob(pattern)):
            with path.open("rb") as file:
                name = "jinja2.ext:babel_extract" if method == "jinja2" else method
                for line, words, _comments, context in extract.extract(name, file, KEYWORDS, options=options):
                    catalog.add(words, locations=[(path.relative_to(ROOT).as_posix(), line)], context=context)
    return catalog


def faults_of(message):
    """What is wrong with one entry, in words."""
    sources = message.id if isinstance(message.id, tuple) else (message.id,)
    targets = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(targets) or message.fuzzy:
        yield f"no English for: {sources[0]}"
        return
    wanted = {m[0] for m in PLACEHOLDER.finditer(sources[-1])}
    for target in targets:
        if {m[0] for m in PLACEHOLDER.finditer(target)} != wanted:
            yield f"placeholders differ: {sources[0]} → {target}"
        if UNSAFE.search(target):
            yield f"a template would break on one of < > & \" in: {target}"


def compiled(catalog):
    file = io.BytesIO()
    mofile.write_mo(file, catalog)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
