"use strict";
/* The page: filters to and from the address, numbers, chart, and the rows fifty at a time. */

const ON_A_PAGE = 50;
const MOST_OPTIONS = 100; // in one list; a longer one is no help, and slow to build
const DEFAULTS = { unit: "meeting", sort: "newest", page: "1", q: "" };
const ALLOWED = {
  unit: ["meeting", "article"],
  sort: ["newest", "oldest", "order", "kind", "label", "value"],
};
const ONE = { topics: "Topic", actors: "Actor", figures: "Figure", statements: "Statement" };

const { compare } = new Intl.Collator("en", { numeric: true });
const byId = (id) => document.getElementById(id);

/** Read the choice from the address; what is not allowed there is as if it were not said. */
function fromAddress(hash) {
  const said = Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));
  const state = { ...DEFAULTS };
  for (const { name } of FACETS) if (said[name]) state[name] = said[name];
  for (const name in ALLOWED) if (ALLOWED[name].includes(said[name])) state[name] = said[name];
  if (said.q) state.q = said.q;
  if (/^[1-9]\d{0,8}$/.test(said.page)) state.page = said.page;
  return state;
}

function toAddress(state) {
  const said = Object.entries(state).filter(([name, v]) => v && v !== DEFAULTS[name]);
  return `#${new URLSearchParams(said)}`;
}

class Page {
  constructor(rows) {
    this.rows = rows;
    this.query = new Query(rows);
    this.selects = new Map();
    for (const facet of FACETS) {
      const select = element("select", { name: facet.name, id: `by-${facet.name}` });
      this.selects.set(facet.name, select);
      const label = element("label", { for: select.id }, facet.label);
      byId("choices").append(element("div", {}, label, select));
    }
    const form = byId("filters");
    form.addEventListener("change", ({ target }) => {
      if (target.name !== "q") this.go({ [target.name]: target.value });
    });
    form.addEventListener("input", ({ target }) => {
      if (target.name === "q") this.go({ q: target.value });
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.go(Object.fromEntries(Object.keys(this.state).map((name) => [name, ""])));
    });
    byId("turn").addEventListener("click", ({ target }) => {
      if (target.dataset.step) this.turn(Number(target.dataset.step));
    });
    // The address is the choice, so that a link within the page may not change it.
    document.addEventListener("click", (event) => {
      if (!event.target.matches("a.skip")) return;
      event.preventDefault();
      const target = byId(event.target.hash.slice(1));
      target.tabIndex = -1;
      target.focus();
    });
    // Links and the buttons back and forward change the address; choices here change it silently.
    for (const event of ["popstate", "hashchange"]) {
      addEventListener(event, () => {
        this.show(fromAddress(location.hash));
        if (document.activeElement === document.body) byId("count").focus(); // the link is gone
      });
    }
    this.show(fromAddress(location.hash));
  }

  /** Follow a choice; letters typed one after the other are one step back in the history. */
  go(change) {
    const typing = change.q && this.state.q;
    const address = toAddress({ ...this.state, page: "1", ...change });
    window.history[typing ? "replaceState" : "pushState"](null, "", address);
    this.show(fromAddress(address));
  }

  turn(step) {
    this.go({ page: String(this.page + step) });
    byId("found").focus();
  }

  show(state) {
    if (this.state && toAddress(state) === toAddress(this.state)) return;
    this.state = state;
    byId("failure").textContent = ""; // what could not be loaded is asked for again
    if (this.query.search.asked(state.q).length) this.searchAll();
    this.update();
  }

  update() {
    const { state } = this;
    const found = this.query.run(state);
    this.last = Math.max(1, Math.ceil(found.total.rows / ON_A_PAGE));
    this.page = Math.min(Number(state.page), this.last);
    this.fillOptions(found.options);
    this.total = found.total;
    this.say();
    byId("why").textContent = spelled(why(this.rows, this.query.search, state));
    const address = (year) => toAddress({ ...state, period: year, page: "1" });
    byId("chart").replaceChildren(...chart(found.years, state.unit, address));
    this.list();
  }

  say() {
    const searching = this.loading ? `; searching … texts loaded ${this.loading}` : "";
    byId("count").textContent = `${howMany(this.total)}${searching}`;
  }

  /** Load all sentences when somebody searches, and show what is found so far. */
  async searchAll() {
    const { search } = this.query;
    if (this.loading || search.left === 0) return;
    let shown = performance.now();
    const told = () => {
      this.loading = `${search.files - search.left} of ${search.files}`;
      if (performance.now() - shown < 1000) return this.say();
      this.update();
      shown = performance.now();
    };
    this.loading = `0 of ${search.files}`;
    await search.load(told).catch(fail);
    this.loading = null;
    this.update();
  }

  /** Offer what has rows under the other filters; of long lists what has most rows. */
  fillOptions(options) {
    for (const facet of FACETS) {
      const select = this.selects.get(facet.name);
      const counts = options.get(facet.name);
      const chosen = this.state[facet.name];
      if (chosen !== undefined && !counts.has(chosen)) counts.set(chosen, 0);
      select.parentElement.hidden = !counts.size;
      let listed = [...counts];
      const left = listed.length - MOST_OPTIONS;
      if (left > 0) {
        listed.sort((a, b) => b[1] - a[1]);
        listed = listed.filter(([value], i) => i < MOST_OPTIONS || value === chosen);
      }
      const worded = listed.map(([value, n]) => [this.rows.label(facet.name, value), value, n]);
      if (left <= 0) worded.sort((a, b) => compare(a[0], b[0]));
      const made = worded.map(([words, value, n]) => new Option(
        spelled(`${words} (${n.toLocaleString("en")})`), value, false, value === chosen));
      if (left > 0) made.push(new Option(`and ${left.toLocaleString("en")} more: search by words`));
      made.slice(listed.length).forEach((option) => { option.disabled = true; });
      select.replaceChildren(new Option("any", "", false, chosen === undefined), ...made);
    }
    const { q, unit, sort } = byId("filters").elements;
    if (q.value !== this.state.q) q.value = this.state.q;
    unit.value = this.state.unit;
    sort.value = this.state.sort;
  }

  list() {
    const from = (this.page - 1) * ON_A_PAGE;
    const shown = this.query.list(this.state.sort, from, ON_A_PAGE);
    byId("rows").start = from + 1;
    byId("rows").replaceChildren(...shown.map((row) => this.item(this.rows.at(row))));
    const [before, where, after] = byId("turn").children;
    before.disabled = this.page === 1;
    after.disabled = this.page === this.last;
    where.textContent = `page ${this.page} of ${this.last}`;
  }

  /** One row: what it is, which leads to its words, the sentence, and where this is said. */
  item(at) {
    const { table, i } = at;
    const { columns, texts } = this.rows.articles;
    const article = table.columns.article[i];
    const about = (column) => this.rows.entries(column)[columns[column]?.[article] ?? 0];
    const place = ["sentence", "start", "length"];
    const [sentence, start, length] = place.map((column) => table.columns[column]?.[i]);
    const mark = sentence ? `#c${start}-${start + length}` : "";
    const out = element("li", {}, this.what(at, texts.page[article] + mark));
    if (sentence) out.append(this.quote(sentence - 1, start, length, table.kind));
    const [title, url] = [texts.title[article], texts.url[article]];
    const day = about("published");
    const where = [day ? this.rows.label("published", day) : UNDATED, about("publisher")]
      .filter((words) => !title.includes(words)) // an article without headline is called by these
      .concat(title).map((words) => element("bdi", {}, words));
    if (url) where.push(element("a", { href: url, rel: "noopener noreferrer" }, "public page"));
    out.append(element("p", { class: "where" }, ...where.flatMap((w) => [" · ", w]).slice(1)));
    return out;
  }

  /** What a row says, and the way to all rows of that name under the same other filters. */
  what(at, page) {
    const { kind } = at.table;
    const value = (column) => this.rows.value(at, column);
    const words = (column, as = column) =>
      value(column)?.split(";").map((v) => this.rows.label(as, v)).join(", ");
    const theme = kind === "topics" && this.rows.head.themes[value("topic")];
    const facts = [
      theme && this.rows.label("theme", theme),
      value("certainty") === "optional" && "optional code",
      words("kind"),
      words("side"),
      words("role"),
      value("source") !== "both" && words("source"),
      value("addressee") && `to ${words("addressee")}`,
      value("topics") && `on ${words("topics", "topic")}`,
    ].filter(Boolean).join(" · ");
    // An act is a word of the codebook, which says what it means; all else leads to its place.
    const rule = kind === "statements" && `codebook.html#act-${value("act")}`;
    const said = element("p", { class: "what" },
      element("span", { class: "kind" }, ONE[kind]), " ",
      element("strong", {},
        element("a", { href: rule || page }, element("bdi", {}, words(NAMED[kind])))),
      " ", element("bdi", { class: "facts" }, facts));
    if (rule) {
      const place = "start" in at.table.columns ? "in the article" : "the meeting";
      said.append(" ", element("a", { href: page, class: "facts" }, place));
    }
    const facet = kind === "figures" ? "measure" : NAMED[kind];
    if (value(facet) !== null && value(facet) !== this.state[facet]) {
      const same = toAddress({ ...this.state, [facet]: value(facet), page: "1" });
      said.append(" ", element("a", { href: same, class: "facts" }, `only ${words(facet)}`));
    }
    return said;
  }

  /** The sentence, with the characters of the row marked; it may have to be loaded first. */
  quote(sentence, start, length, kind) {
    const said = element("p", { class: "said", dir: "auto" }, "…");
    this.query.search.sentences.get(sentence).then(({ start: first, text }) => {
      const letters = Array.from(text); // places count characters, not halves of them
      const [from, to] = [start - first, start - first + length];
      const part = (a, b) => letters.slice(a, b).join("");
      const mark = element("mark", { class: kind });
      mark.textContent = part(from, to); // as it was written: the paragraph is its own line
      said.replaceChildren(part(0, from), mark, part(to));
    }, fail);
    return said;
  }
}

function fail(error) {
  byId("failure").textContent = error.message;
}

Rows.load((done, all) => { byId("loading").textContent = `Loading rows: ${done} of ${all}`; })
  .then((rows) => {
    byId("loading").textContent = "";
    byId("content").hidden = false;
    globalThis.explorer = new Page(rows);
  })
  .catch(fail);
