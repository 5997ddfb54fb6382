"""The frame of every page: head, policy, menu and foot; templates that escape; files that stay in.

Pages work from a folder, a server or an archive, with the network off. Scripts and styles are files
of the site; the Content-Security-Policy allows these and pictures, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from analysis import words
from analysis.addresses import explorer, file_name, mark, web
from analysis.controls import spelled
from analysis.prose import counted

GENERATOR = "diplomatic-readouts"
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
PACKAGE = Path(str(files("analysis.site")))
WORDS = (
    words.label, words.labels, words.names, words.plain, words.figure, words.stated, words.day,
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A site being written: its folder, its menus (address and words), and what its foot says."""

    folder: Path
    menu: Mapping[str, str]
    questions: Mapping[str, str]
    foot: str

    def write(self, name: str, template: str, title: str, /, **context: Any) -> None:
        """Render a template of this package into the page `name`, such as ``reader/a.html``.

        The template gets `context`, the title, and ``root``: the way from the page to the site.
        """
        html = (
            environment()
            .get_template(template)
            .render(title=title, page=name, root="../" * name.count("/"), site=self, **context)
        )
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")

    def assets(self) -> None:
        """Write the styles and scripts that pages refer to."""
        folder = self.folder / "assets"
        folder.mkdir(parents=True, exist_ok=True)
        for asset in (PACKAGE / "assets").iterdir():
            (folder / asset.name).write_bytes(asset.read_bytes())


@cache
def environment() -> jinja2.Environment:
    """Return the templates' settings: an unknown name is an error, every text is made harmless.

    What is obeyed instead of shown is spelled out, then HTML is escaped; `Markup` stays as it is.
    """
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis.site"),
        autoescape=True,
        finalize=_seen,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        policy=POLICY, generator=GENERATOR, days=words.days, state=words.state, explorer=explorer
    )
    made.filters.update({f.__name__: f for f in (*WORDS, file_name, mark, web, counted)})
    return made


def _seen(value: Any) -> Any:
    return spelled(value) if isinstance(value, str) and not isinstance(value, Markup) else value
