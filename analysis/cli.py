"""The command line: parses, calls, prints. Nothing heavy is imported at the top."""

from __future__ import annotations

import argparse
import errno
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from analysis.controls import one_line, spelled

if TYPE_CHECKING:
    import pandas as pd

DONE, SET_ASIDE, NOTHING = 0, 1, 2
SHOWN = 20  # findings of `verify` on the screen
_ROOM = "make room and call again, what is there is as it was"
REMEDIES = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM, errno.EFBIG: _ROOM}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 for done, 1 for some inputs set aside, 2 for nothing done."""
    args = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            return int(args.run(args))
    except BrokenPipeError:
        return NOTHING
    except (ValueError, OSError) as error:
        # Every error of the library is a ValueError whose message says what to do about it.
        _say(f"analysis {args.command}: {_worded(error)}", sys.stderr)
        return NOTHING


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    _say(f"analysis: {message}", sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analysis", description="Articles of diplomacy → tidy tables, charts and reports."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    extract = commands.add_parser("extract", help="articles → tables")
    extract.add_argument(
        "source",
        nargs="+",
        type=Path,
        help="folder or file of articles: .txt .html .jsonl .csv .parquet .rss .warc, .gz, .zip",
    )
    extract.add_argument("--out", required=True, type=Path, help="folder for the tables")
    extract.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    extract.add_argument("--knowledge", type=Path, help="folder of knowledge files to use")
    who = extract.add_mutually_exclusive_group()
    who.add_argument("--workers", type=int, metavar="N", help="processes to use")
    who.add_argument("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers to use")
    extract.set_defaults(run=_extract)

    report = commands.add_parser("report", help="articles → pages to read in a browser")
    report.add_argument("source", nargs="*", type=Path, help="folder or file of articles")
    report.add_argument("--out", type=Path, default=Path("build/reports"))
    report.set_defaults(run=_report)

    verify = commands.add_parser("verify", help="tables, row by row, against texts and sources")
    verify.add_argument("folder", type=Path, help="folder of tables")
    verify.add_argument("--sources", nargs="+", type=Path, default=(), help="what they are from")
    verify.add_argument("--again", action="store_true", help="also extract anew and compare")
    verify.add_argument("--knowledge", type=Path, help="folder of knowledge files, for --again")
    verify.add_argument("--out", type=Path, metavar="FILE.csv", help="write all findings here")
    verify.set_defaults(run=_verify)

    fetch = commands.add_parser("fetch", help="list of addresses → texts of the articles")
    fetch.add_argument("list", type=Path, help="CSV file with article_id and url")
    fetch.add_argument("--out", required=True, type=Path, help="folder for the texts")
    fetch.add_argument("--contact", help="your mail address or page, sent to each server; needed")
    fetch.add_argument("--delay", type=float, help="seconds between two requests to a host (1)")
    fetch.add_argument("--limit", type=int, help="ask for this many pages at most")
    fetch.set_defaults(run=_fetch)

    evaluate = commands.add_parser("evaluate", help="tables of annotated texts → accuracy")
    coded = evaluate.add_mutually_exclusive_group(required=True)
    coded.add_argument("--gold", type=Path, help="annotations, .json or .jsonl")
    coded.add_argument("--panel", type=Path, help="folder of a coded panel")
    evaluate.add_argument("--texts", required=True, type=Path, help="folder of the texts")
    evaluate.add_argument("--errors", action="store_true", help="also list every miss and extra")
    evaluate.set_defaults(run=_evaluate)

    export = commands.add_parser("export", help="tables → Excel, CSV, Parquet, or no text at all")
    export.add_argument("tables", type=Path, help="folder of tables")
    export.add_argument("--out", required=True, type=Path, help="file.xlsx, file.jsonl or a folder")
    kind = export.add_mutually_exclusive_group()
    kind.add_argument("--format", choices=("csv", "parquet", "xlsx"), help="needed for a folder")
    kind.add_argument("--without-text", action="store_true", help="annotations, .jsonl")
    export.set_defaults(run=_export)

    reattach = commands.add_parser("reattach", help="annotations and their texts → tables")
    reattach.add_argument("annotations", type=Path, help="what export wrote")
    reattach.add_argument("--texts", required=True, type=Path, help="folder of the texts")
    reattach.add_argument("--out", required=True, type=Path, help="folder for the tables")
    reattach.set_defaults(run=_reattach)

    check = commands.add_parser("check-knowledge", help="are the knowledge files in order?")
    check.add_argument("folder", nargs="?", type=Path, help="your own files, over the package's")
    check.set_defaults(run=_check_knowledge)
    return parser


def _extract(args: argparse.Namespace) -> int:
    from analysis.scale import extract_into

    try:
        done = extract_into(
            args.out,
            *args.source,
            format=args.format,
            knowledge=args.knowledge,
            workers=args.workers,
            scheduler=args.scheduler,
            progress=True,
        )
    except KeyboardInterrupt:
        _say(f"stopped; {args.out} keeps what is done, call again to go on", sys.stderr)
        return NOTHING
    if not done.rows:
        _set_aside(done.rejected)
        _say("analysis extract: no article could be read; nothing was written", sys.stderr)
        return NOTHING
    _say(f"{args.out}: " + ", ".join(f"{count} {name}" for name, count in done.rows.items()))
    return _set_aside(done.rejected)


def _report(args: argparse.Namespace) -> int:
    from analysis.report import build

    index, rejected = build(args.source, args.out)
    _say(f"open {index}")
    return _set_aside(rejected)


def _verify(args: argparse.Namespace) -> int:
    from analysis.verification import verify

    if args.out is not None and args.out.suffix.lower() != ".csv":
        raise ValueError(f"--out {args.out}: ends in {args.out.suffix!r}; allowed: .csv")
    findings = verify(args.folder, args.sources, args.knowledge, args.again, progress=True)
    checked = findings.attrs["checked"]
    _say(f"{args.folder}: checked " + ", ".join(f"{n} {what}" for what, n in checked.items()))
    for note in findings.attrs["notes"]:
        _say(one_line(f"note: {note}"))
    for f in findings.head(SHOWN).fillna("").to_dict("records"):
        where = ", ".join(filter(None, (f["place"], f["key"], f["column"])))
        said = f"{f['check']}: {f['found']}; expected {f['expected']}; {f['remedy']}"
        _say(one_line(f"{where}: {said}"))
    rest = f", of which {SHOWN} are shown" if len(findings) > SHOWN else ""
    count = f"{len(findings)} finding{'s' * (len(findings) != 1)}"
    _say(f"{count}{rest}" if len(findings) else "all holds")
    if args.out is not None:
        from analysis.spreadsheets import export

        export(findings, args.out)
    return SET_ASIDE if len(findings) else DONE


def _fetch(args: argparse.Namespace) -> int:
    try:
        from analysis.answers import FETCHED, Manners
        from analysis.fetch import fetch
        from analysis.fetched import OWN
    except ImportError as error:
        if (error.name or "").startswith("analysis"):
            raise  # a defect of ours, not a package that is missing
        raise ValueError(
            f"fetching needs more packages ({error.name or error}); install them with "
            'pip install "diplomatic-readouts[fetch]"'
        ) from None
    manners = Manners() if args.delay is None else Manners(delay=args.delay)
    progress = sys.stderr.isatty()
    try:
        report = fetch(
            args.list, args.out, args.contact, limit=args.limit, manners=manners, progress=progress
        )
    except KeyboardInterrupt:
        _say(f"stopped; {args.out} keeps what is there, call again to go on", sys.stderr)
        return SET_ASIDE
    outcomes = report["outcome"].value_counts()
    _say(f"{args.out}: " + ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items()))
    there = report["outcome"].isin([FETCHED, OWN])
    missing = report[~there]
    reasons = missing["outcome"] + (" (" + missing["status"].astype("string") + ")").fillna("")
    _set_aside(
        [
            {"source": f"{r.article_id} {r.address}", "reason": reason, "remedy": str(r.remedy)}
            for r, reason in zip(missing.itertuples(), reasons, strict=True)
        ]
    )
    return DONE if there.all() else SET_ASIDE if there.any() else NOTHING


def _evaluate(args: argparse.Namespace) -> int:
    from analysis.evaluate import evaluate

    if args.panel is not None:
        from analysis.panel_evaluation import evaluate_panel

        result, rejected = evaluate_panel(args.panel, args.texts)
        n = result.counts["article_id"].nunique()
        _say(f"{n} articles, of each the characters that the coder of the panel read")
    else:
        result, rejected = evaluate(args.gold, args.texts), []
    _say(_aligned(result.summary()))
    if args.errors:
        _say("\nno errors" if result.errors.empty else "\n" + _aligned(result.errors))
    return _set_aside(rejected)


def _aligned(table: pd.DataFrame) -> str:
    """Return a table as text: three decimals, nothing where a value is missing."""
    shown = table.astype(object).where(table.notna(), "")
    return shown.to_string(index=False, max_colwidth=50, float_format="{:.3f}".format)


def _export(args: argparse.Namespace) -> int:
    from analysis.tables import load_tables

    tables = load_tables(args.tables)
    if args.without_text:
        from analysis.annotations import export_without_text

        count = export_without_text(tables, args.out)
        _say(f"{args.out}: {count} annotations without text")
    else:
        tables.export(args.out, args.format)
        _say(f"{args.out}: " + ", ".join(f"{len(table)} {name}" for name, table in tables))
    return DONE


def _reattach(args: argparse.Namespace) -> int:
    from analysis.annotations import reattach

    tables = reattach(args.annotations, args.texts)
    tables.save(args.out)
    _say(f"{args.out}: " + ", ".join(f"{len(table)} {name}" for name, table in tables))
    return DONE


def _check_knowledge(args: argparse.Namespace) -> int:
    from analysis import topics
    from analysis.knowledge import load

    knowledge = load(args.folder)
    topics.check(knowledge)
    rows = ", ".join(f"{len(rows)} {name}" for name, rows in knowledge.rows.items())
    _say(f"in order: {rows}")
    return DONE


def _set_aside(rejected: list[dict[str, str]]) -> int:
    """Say what was set aside and why."""
    for r in rejected:
        _say(f"set aside: {r['source']}: {r['reason']}; {r['remedy']}", sys.stderr)
    return SET_ASIDE if rejected else DONE


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print a message; what it quotes comes from outside, and the terminal is not to obey it."""
    print(spelled(text), file=stream or sys.stdout)


def _worded(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        remedy = REMEDIES.get(error.errno or 0, "check the path and its permissions")
        return ": ".join(str(s) for s in (error.filename, error.strerror) if s) + f"; {remedy}"
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
