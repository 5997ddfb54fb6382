"use strict";
/* Search for words in what rows say and in their sentences, without case and accents: every word
   must be there, each at the beginning of a word. One bit a word for every entry of a dictionary
   and every sentence, so that a row is found by looking up. */

const SEARCHED = ["topic", "topics", "actor", "source", "addressee", "act", "stated", "role"];
const ASCII = /^[\x00-\x7f]*$/;
// These scripts write no spaces between words, so that a word may begin anywhere.
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/u;
const MOST = 30; // words; there is one bit for each
const REMEMBERED = 8; // words whose sentences are kept, for the next letter typed

class Search {
  constructor(rows) {
    const { first, count } = rows.head.sentences;
    this.rows = rows;
    this.sentences = new Sentences(first);
    this.count = count;
    this.folded = []; // the text of each file, and where its sentences start
    this.files = first.length;
    this.left = this.files;
    this.words = new Map();
    this.entries = new Map();
    const plain = rows.head.plain;
    const letters = new RegExp(`[${Object.keys(plain).join("")}]`, "gu");
    this.plain = (text) => text.replace(letters, (letter) => plain[letter]);
    this.got = new Uint32Array(Math.max(0, ...rows.tables.map((t) => t.rows)));
  }

  /** Small letters without accents, and a space before every word. */
  fold(text) {
    if (ASCII.test(text)) return ` ${text.toLowerCase().replace(/[^a-z0-9]+/g, " ")}`;
    const bare = text.toLowerCase().normalize("NFD").replace(/\p{Mn}+/gu, "");
    return ` ${this.plain(bare).replace(/[^\p{L}\p{N}]+/gu, " ")}`;
  }

  /** Load every sentence; `told` is called after each file. */
  async load(told) {
    for (let file = 0; file < this.files; file++) {
      if (this.folded[file]) continue; // there was an error in an earlier search
      const { texts } = await this.sentences.load(file);
      const lines = texts.map((text) => this.fold(text));
      const starts = new Uint32Array(lines.length + 1);
      lines.forEach((line, i) => { starts[i + 1] = starts[i] + line.length + 1; });
      this.folded[file] = { text: lines.join("\n"), starts };
      for (const [word, hits] of this.words) this.scan(file, word, hits);
      this.left--;
      told();
    }
  }

  scan(file, word, hits) {
    const { text, starts } = this.folded[file];
    const first = this.sentences.first[file];
    let i = 0;
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, starts[i])) {
      while (starts[i] <= at) i++;
      hits[first + i] = 1; // sentences count from 1
    }
  }

  /** The sentences with a word, by number, as far as they are loaded. */
  hits(word) {
    const hits = this.words.get(word) ?? new Uint8Array(this.count + 1);
    if (!this.words.delete(word)) {
      this.folded.forEach((_, file) => this.scan(file, word, hits));
    }
    this.words.set(word, hits);
    if (this.words.size > REMEMBERED) this.words.delete(this.words.keys().next().value);
    return hits;
  }

  /** The words to look for in what somebody typed; signs alone are none. */
  asked(typed) {
    return this.fold(typed ?? "").split(" ").filter(Boolean).slice(0, MOST)
      .map((word) => (UNSPACED.test(word) ? word : ` ${word}`));
  }

  /** What has which of the words asked for: entries by column, and sentences; null for no word. */
  masks(typed) {
    const words = this.asked(typed);
    if (!words.length) return null;
    const columns = Object.fromEntries(SEARCHED.map((column) => {
      const has = (said) => words.reduce((mask, w, k) => mask | (said.includes(w) ? 1 << k : 0), 0);
      return [column, Uint32Array.from(this.said(column), has)];
    }));
    const sentences = new Uint32Array(this.count + 1);
    words.forEach((word, k) => {
      const hits = this.hits(word);
      for (let i = 0; i < hits.length; i++) if (hits[i]) sentences[i] |= 1 << k;
    });
    return { columns, sentences, all: 2 ** words.length - 1 };
  }

  /** The entries of a column in the words of the page, folded. */
  said(column) {
    if (!this.entries.has(column)) {
      const as = column === "topics" ? "topic" : column;
      const words = (entry) => entry.split(";").map((v) => this.rows.label(as, v)).join(" ");
      this.entries.set(column, this.rows.entries(column).map((v) => this.fold(v ? words(v) : "")));
    }
    return this.entries.get(column);
  }

  /** Mark the rows of a table that lack one of the words. */
  mark(fail, table, { columns, sentences, all }, bit) {
    const got = this.got.subarray(0, fail.length).fill(0);
    for (const column of SEARCHED) {
      if (column in table.columns) merge(got, table.columns[column], columns[column]);
    }
    if (table.columns.sentence) merge(got, table.columns.sentence, sentences);
    for (let i = 0; i < got.length; i++) if (got[i] !== all) fail[i] |= bit;
  }
}
