"use strict";
/* Which rows hold to all filters, how many there are, and in which order.
   Every filter is a look-up in a table with one place for each entry of a column's dictionary, so
   that a column is read once, whatever is asked. `fail` has one bit a filter for every row: 0 is a
   row that is shown, and a row that fails one filter only counts among the options of that one. */

const FACETS = [
  { name: "corpus", label: "Corpus", article: true },
  { name: "kind", label: "Kind of row" },
  { name: "topic", label: "Topic", columns: ["topic", "topics"] },
  { name: "theme", label: "Theme", columns: ["topic", "topics"] },
  { name: "side", label: "Side", columns: ["side"] },
  { name: "actor", label: "Person or organisation", columns: ["actor", "source"] },
  { name: "act", label: "Act of speech", columns: ["act"] },
  { name: "measure", label: "Measure", columns: ["measure"] },
  { name: "status", label: "Target or actual", columns: ["status"] },
  { name: "period", label: "Year", article: true },
  { name: "publisher", label: "Publisher", article: true },
  { name: "publisher_side", label: "Side of the publisher", article: true },
  { name: "dyad", label: "Pair of states", article: true },
  { name: "level", label: "Highest rank present", article: true },
  { name: "channel", label: "Channel", article: true },
  { name: "certainty", label: "Certainty of the code", columns: ["certainty"] },
  { name: "article", label: "Article", article: true },
  { name: "meeting", label: "Meeting", article: true },
];
FACETS.forEach((facet, i) => { facet.bit = 1 << i; });
const PERIOD = FACETS.find((facet) => facet.name === "period");
const SEARCH = 1 << FACETS.length;
// What a row of each kind is called.
const NAMED = { topics: "topic", actors: "actor", figures: "stated", statements: "act" };

function merge(fail, column, table) {
  for (let i = 0; i < fail.length; i++) fail[i] |= table[column[i]];
}

class Query {
  constructor(rows) {
    this.rows = rows;
    this.fail = new Uint32Array(rows.count);
    this.search = new Search(rows);
    this.memory = new Map();
  }

  once(key, make) {
    if (!this.memory.has(key)) this.memory.set(key, make());
    return this.memory.get(key);
  }

  /** The values of a filter that each entry of a column stands for: none, one or several. */
  values(facet, column) {
    return this.once(`values ${facet.name} ${column}`, () => {
      const several = column === "topics" || column === "source";
      const { themes } = this.rows.head;
      return this.rows.entries(column).map((entry) => {
        if (entry === null || (column === "source" && entry === "both")) return [];
        const each = several ? entry.split(";") : [entry];
        return facet.name === "theme" ? [...new Set(each.flatMap((t) => themes[t] ?? []))] : each;
      });
    });
  }

  /** The value of a filter of articles for each article, or nothing where it is unknown. */
  told(facet, unit) {
    const name = facet.name === "period" ? `year_${unit}` : facet.name;
    return this.once(`told ${name}`, () => {
      const { columns, texts, rows } = this.rows.articles;
      if (name === "article") return texts.article_id;
      if (!(name in columns)) return new Array(rows).fill(null);
      return Array.from(columns[name], (entry) => this.rows.entries(name)[entry]);
    });
  }

  run(state) {
    const active = FACETS.filter((facet) => state[facet.name] !== undefined);
    const failed = this.failedArticles(active, state);
    const found = this.search.masks(state.q);
    this.tallies = new Map();
    for (const table of this.rows.tables) {
      const fail = this.part(table);
      let every = 0; // what all rows of the table fail
      const partly = [];
      for (const facet of active) {
        if (facet.article) continue;
        const column = facet.columns?.find((c) => c in table.columns);
        if (facet.name === "kind") every |= table.kind === state.kind ? 0 : facet.bit;
        else if (!column) every |= facet.bit;
        else partly.push([table.columns[column], this.wrong(facet, column, state)]);
      }
      fail.fill(every);
      if (active.some((facet) => facet.article)) merge(fail, table.columns.article, failed);
      for (const [column, wrong] of partly) merge(fail, column, wrong);
      if (found) this.search.mark(fail, table, found, SEARCH);
    }
    return this.summary(active, failed, state);
  }

  part(table) {
    return this.fail.subarray(table.first, table.first + table.rows);
  }

  wrong(facet, column, state) {
    const lists = this.values(facet, column);
    return Uint32Array.from(lists, (l) => (l.includes(state[facet.name]) ? 0 : facet.bit));
  }

  failedArticles(active, state) {
    const failed = new Uint32Array(this.rows.articles.rows);
    for (const facet of active.filter((f) => f.article)) {
      const told = this.told(facet, state.unit);
      told.forEach((v, i) => { failed[i] |= v === state[facet.name] ? 0 : facet.bit; });
    }
    return failed;
  }

  /** What the page says: the numbers of rows, articles and meetings, by year, and the options. */
  summary(active, failed, state) {
    const base = this.byArticle(0);
    const options = new Map(FACETS.map((facet) => {
      const except = active.includes(facet) ? facet.bit : 0;
      const counts = new Map();
      const add = (value, n) => counts.set(value, (counts.get(value) ?? 0) + n);
      if (facet.article) {
        const told = this.told(facet, state.unit);
        const n = except ? this.byArticle(except) : base;
        n.forEach((k, i) => { if (k && told[i] !== null) add(told[i], k); });
      } else {
        this.count(facet, except, add);
      }
      return [facet.name, counts];
    }));
    return { options, ...this.numbers(base, failed, state.unit) };
  }

  count(facet, except, add) {
    for (const table of this.rows.tables) {
      if (facet.name === "kind") {
        const n = this.tally(table, "article", except).reduce((sum, k) => sum + k, 0);
        if (n) add(table.kind, n);
        continue;
      }
      const column = facet.columns.find((c) => c in table.columns);
      if (!column) continue;
      const n = this.tally(table, column, except);
      this.values(facet, column).forEach((each, entry) => {
        if (n[entry]) each.forEach((v) => add(v, n[entry]));
      });
    }
  }

  /** How often each entry of a column occurs in rows that fail no filter but that of `except`. */
  tally(table, column, except) {
    const key = `${table.first} ${column} ${except}`;
    if (!this.tallies.has(key)) {
      const [values, fail, others] = [table.columns[column], this.part(table), ~except];
      const { articles } = this.rows;
      const size = column === "article" ? articles.rows : this.rows.entries(column).length;
      const n = new Uint32Array(size);
      for (let i = 0; i < fail.length; i++) if ((fail[i] & others) === 0) n[values[i]]++;
      this.tallies.set(key, n);
    }
    return this.tallies.get(key);
  }

  byArticle(except) {
    const all = new Uint32Array(this.rows.articles.rows);
    for (const table of this.rows.tables) {
      this.tally(table, "article", except).forEach((n, article) => { all[article] += n; });
    }
    return all;
  }

  /** Rows, articles and meetings, in all and by year, beside all that filters of articles leave. */
  numbers(byArticle, failed, unit) {
    const { corpus, meeting } = this.rows.articles.columns;
    const year = this.told(PERIOD, unit);
    const keys = this.rows.entries("meeting").length; // the corpora may have keys in common
    const nothing = () => (
      { rows: 0, articles: 0, meetings: new Set(), articles_all: 0, meetings_all: new Set() });
    const total = nothing();
    const years = new Map();
    for (let i = 0; i < byArticle.length; i++) {
      if (failed[i]) continue;
      if (!years.has(year[i])) years.set(year[i], nothing());
      const key = corpus[i] * keys + meeting[i];
      for (const counts of [total, years.get(year[i])]) {
        counts.articles_all++;
        counts.meetings_all.add(key);
        if (!byArticle[i]) continue;
        counts.rows += byArticle[i];
        counts.articles++;
        counts.meetings.add(key);
      }
    }
    total.apart = {}; // meetings of each corpus: one that both report counts in either
    for (const key of total.meetings) {
      const name = this.rows.entries("corpus")[Math.floor(key / keys)];
      total.apart[name] = (total.apart[name] ?? 0) + 1;
    }
    for (const counts of [total, ...years.values()]) {
      counts.meetings = counts.meetings.size;
      counts.meetings_all = counts.meetings_all.size;
    }
    return { total, years };
  }

  /** A page of the rows that fail nothing, sorted; equal ones are as the articles have them. */
  list(sort, from, size) {
    const order = this.once(`order ${sort}`, () => {
      const key = this.key(sort);
      return key ? sorted(this.rows.order, key) : this.rows.order;
    });
    const found = [];
    for (let i = 0, n = 0; i < order.length && found.length < size; i++) {
      if (this.fail[order[i]] === 0 && n++ >= from) found.push(order[i]);
    }
    return found;
  }

  key(sort) {
    const { rows } = this;
    const about = (column) => rows.articles.columns[column];
    const article = (t) => t.columns.article;
    const last = rows.entries("published").length + rows.entries("value").length;
    const ranks = (entries) => entries.map((v, i) => (v === null ? last : last - 1 - i));
    if (sort === "newest") {
      const rank = ranks(rows.entries("published"));
      return rows.keys(article, () => Uint32Array.from(about("published"), (v) => rank[v]));
    }
    if (sort === "oldest") {
      return rows.keys(article, () => Uint32Array.from(about("published"), (v) => v || last));
    }
    if (sort === "kind") {
      return rows.keys((t) => new Uint8Array(t.rows).fill(KINDS.indexOf(t.kind)));
    }
    if (sort === "value") {
      const rank = Uint32Array.from(ranks(rows.entries("value")));
      return rows.keys((t) => t.columns.value, () => rank, last);
    }
    return sort === "label" ? this.labelKey() : null;
  }

  labelKey() {
    const { rows } = this;
    const words = (t) => rows.entries(NAMED[t.kind]).map((v) =>
      (v === null ? "" : rows.label(NAMED[t.kind], v)));
    const { compare } = new Intl.Collator("en", { numeric: true });
    const known = [...new Set(rows.tables.flatMap(words))].sort(compare);
    const rank = new Map(known.map((word, i) => [word, i]));
    return rows.keys(
      (t) => t.columns[NAMED[t.kind]], (t) => Uint32Array.from(words(t), (w) => rank.get(w)));
  }
}
