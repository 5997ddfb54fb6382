"use strict";
/* What is said above the rows: how many were found, and why it may be none, or all. */

const CORPORA = { text: "of the texts", panel: "of the panel" };

const number = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

/** The numbers; a meeting that texts and panel report counts in both, so that each is said. */
function howMany(total) {
  const { rows, articles, meetings, apart } = total;
  const within = `${number(articles, "article")} of ${number(meetings, "meeting")}`;
  const said = `${number(rows, "row")} in ${within}`;
  const each = Object.keys(CORPORA).filter((corpus) => apart[corpus])
    .map((corpus) => `${apart[corpus].toLocaleString("en")} ${CORPORA[corpus]}`);
  return each.length > 1 ? `${said} (${each.join(", ")})` : said;
}

/** Why the rows are none, or not fewer, where the choice itself is the reason. */
function why(rows, search, state) {
  const said = [lacking(rows, state)];
  if (state.q.trim() && !search.asked(state.q).length) {
    said.push(`In “${state.q.trim()}” there is no word to search for; it leaves out no row.`);
  }
  return said.filter(Boolean).join(" ");
}

/** Say it where no kind of row that may be shown has a column for all that is asked for. */
function lacking({ tables }, state) {
  const asked = FACETS.filter((facet) => facet.columns && state[facet.name] !== undefined);
  const has = (table) => (facet) => facet.columns.some((column) => column in table.columns);
  const within = tables.filter((t) => (state.corpus ?? t.corpus) === t.corpus);
  const chosen = within.filter((t) => (state.kind ?? t.kind) === t.kind);
  if (!chosen.length || chosen.some((t) => asked.every(has(t)))) return "";
  const without = asked.filter((facet) => !chosen.some((t) => has(t)(facet)));
  const names = (facets) => facets.map((facet) => facet.name);
  if (!without.length) {
    return `No row has its own ${names(asked).join(" and ")}: choose fewer, or filter by words.`;
  }
  const kinds = [...new Set(within.filter((t) => asked.every(has(t))).map((t) => t.kind))];
  const kind = state.kind ? state.kind[0].toUpperCase() + state.kind.slice(1) : "Rows";
  const other = kinds.length ? `, or choose the kind ${kinds.join(" or ")}` : "";
  const of = state.corpus ? ` ${CORPORA[state.corpus]}` : "";
  const lack = names(without).join(" and no ");
  return `${kind}${of} have no ${lack} of their own: filter by words${other}.`;
}
