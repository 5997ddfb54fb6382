"use strict";
/* The rows as columns of small whole numbers, and the sentences, out of script files.
   A page that is opened from a folder may not fetch files, but it may load scripts: each data file
   is one call of explorerData(), which hands its content to whoever asked for the file. */

const FOLDER = "explorer/";
const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };
const KINDS = ["topics", "actors", "figures", "statements"];
const asked = new Map();

function explorerData(name, content) {
  asked.get(name)(content);
}

// As controls.py of the library: what is obeyed instead of shown is spelled out.
const PICTURED = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f";
const NUMBERED = "\\x80-\\x9f\\u180e\\u200b\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb"
  + "\\ufffe\\uffff\\u{e0000}-\\u{e007f}\\ud800-\\udfff";
const CONTROL = new RegExp(`\\r(?!\\n)|[${PICTURED}${NUMBERED}]`, "gu");

function spelled(text) {
  return text.replace(CONTROL, (letter) => {
    const code = letter.codePointAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/** Load one data file and return its content. */
function load(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    asked.set(name, resolve);
    script.src = `${FOLDER}${name}.js`;
    // A file that is cut off loads without ever calling; after resolve() a refusal does nothing.
    script.onerror = script.onload = () => {
      asked.delete(name);
      script.remove();
      reject(new Error(`${FOLDER}${name}.js is missing or broken; `
        + "copy the whole folder, or make the report again"));
    };
    document.head.append(script);
  });
}

/** Decode base64 into a column, from row `first` on; both are little-endian, as browsers are. */
function decode(text, column, first) {
  const bytes = atob(text);
  const size = column.BYTES_PER_ELEMENT;
  const target = new Uint8Array(column.buffer, first * size, bytes.length);
  for (let i = 0; i < bytes.length; i++) target[i] = bytes.charCodeAt(i);
}

/** Sort rows by a key of small whole numbers; rows with one key keep their order. */
function sorted(rows, key) {
  let largest = 0;
  for (let i = 0; i < rows.length; i++) if (key[rows[i]] > largest) largest = key[rows[i]];
  const place = new Uint32Array(largest + 2);
  for (let i = 0; i < rows.length; i++) place[key[rows[i]] + 1]++;
  for (let k = 1; k < place.length; k++) place[k] += place[k - 1];
  const out = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[place[key[rows[i]]]++] = rows[i];
  return out;
}

/** All rows: `articles` is one table, `tables` the rows by corpus and kind, one after the other. */
class Rows {
  static async load(progress) {
    const rows = new Rows(await load("index"));
    let done = 0;
    await Promise.all(Array.from({ length: rows.head.files }, async (_, i) => {
      rows.take(await load(`rows-${i}`));
      progress(++done, rows.head.files);
    }));
    rows.arrange();
    return rows;
  }

  constructor(head) {
    this.head = head;
    Object.setPrototypeOf(head.themes, null); // a topic may be called "constructor"
    this.count = 0;
    const tables = head.tables.map((t) => ({
      ...t,
      columns: Object.fromEntries(
        Object.entries(t.columns).map(([name, type]) => [name, new TYPES[type](t.rows)])),
      texts: Object.fromEntries(t.texts.map((name) => [name, new Array(t.rows)])),
    }));
    [this.articles, ...this.tables] = tables;
    this.all = tables;
    for (const table of this.tables) {
      table.first = this.count;
      this.count += table.rows;
    }
  }

  take({ table, first, columns, texts }) {
    const into = this.all[table];
    for (const name in columns) decode(columns[name], into.columns[name], first);
    for (const name in texts) texts[name].forEach((v, i) => { into.texts[name][first + i] = v; });
  }

  /** Find the order of all rows in their articles, which every other order starts from. */
  arrange() {
    const rows = Uint32Array.from({ length: this.count }, (_, i) => i);
    const start = this.keys((t) => t.columns.start);
    this.order = sorted(sorted(rows, start), this.keys((t) => t.columns.article));
    const { article_id: ids, title } = this.articles.texts;
    this.head.labels.article = Object.fromEntries(ids.map((id, i) => [id, title[i]]));
  }

  /** One key for every row: `column(table)`, looked up in `through(table)` where that is given. */
  keys(column, through = () => null, missing = 0) {
    const keys = new Uint32Array(this.count);
    for (const table of this.tables) {
      const own = keys.subarray(table.first, table.first + table.rows);
      const [values, lookup] = [column(table), through(table)];
      if (!values) own.fill(missing);
      else if (!lookup) own.set(values);
      else for (let i = 0; i < own.length; i++) own[i] = lookup[values[i]];
    }
    return keys;
  }

  /** The distinct values of a column; the first one stands for a missing value. */
  entries(column) {
    return this.head.dictionaries[this.head.shared[column] ?? column] ?? [null];
  }

  label(column, value) {
    const known = this.head.labels[column] ?? {};
    return Object.hasOwn(known, value) ? known[value] : String(value);
  }

  /** The table that row `row` of all is in, and its place there. */
  at(row) {
    const table = this.tables.find((t) => row < t.first + t.rows);
    return { table, i: row - table.first };
  }

  value({ table, i }, column) {
    return column in table.columns ? this.entries(column)[table.columns[column][i]] : null;
  }
}

/** The sentences, in files that are loaded when they are needed. */
class Sentences {
  constructor(first) {
    this.first = first;
    this.files = new Array(first.length); // promises
    this.there = new Array(first.length); // contents, once they have come
    this.loaded = 0;
  }

  load(file) {
    this.files[file] ??= load(`sentences-${file}`).then((content) => {
      this.there[file] = content;
      this.loaded++;
      return content;
    }, (error) => {
      delete this.files[file]; // so that it is asked for again, by the next search or page of rows
      throw error;
    });
    return this.files[file];
  }

  /** The sentence with this number, and the place of its first character in the article. */
  async get(sentence) {
    let file = this.first.length - 1;
    while (this.first[file] > sentence) file--;
    const { starts, texts } = await this.load(file);
    return { start: starts[sentence - this.first[file]], text: texts[sentence - this.first[file]] };
  }
}
