"use strict";
/* How many meetings (or articles) by year, as bars and as the table of the same numbers. */

const SVG = "http://www.w3.org/2000/svg";
const UNDATED = "undated";

/** Make an element; strings among its children are text and nothing else, which does nothing. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  made.append(...children.map((c) => (typeof c === "string" ? spelled(c) : c)));
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  made.append(...children);
  return made;
}

/** All years from the first to the last: one without articles is a gap to be seen, no zero. */
function everyYear(years) {
  const dated = [...years.keys()].filter((y) => y !== UNDATED).map(Number);
  const span = [];
  for (let y = Math.min(...dated); y <= Math.max(...dated); y++) span.push(String(y));
  return years.has(UNDATED) ? [...span, UNDATED] : span;
}

function chart(years, unit, address) {
  const counted = `${unit}s`;
  const nothing = { [counted]: 0, [`${counted}_all`]: 0, rows: 0, articles: 0, meetings: 0 };
  const rows = everyYear(years).map((year) => {
    const counts = years.get(year) ?? nothing;
    return { year, counts, n: counts[counted], all: counts[`${counted}_all`] };
  });
  return [bars(rows, counted), table(rows, counted, address)];
}

function bars(rows, counted) {
  const [width, height, foot, head] = [62, 130, 38, 18];
  const most = Math.max(1, ...rows.map((r) => r.n));
  const said = rows.map((r) => `${r.year} ${r.all ? `${r.n} of ${r.all}` : "no articles"}`);
  const words = counted[0].toUpperCase() + counted.slice(1);
  const svg = drawn("svg", {
    viewBox: `0 0 ${Math.max(rows.length, 1) * width} ${head + height + foot}`,
    role: "img",
    "aria-label": `${words} by year: ${said.join(", ") || "none"}`,
  });
  // Hundreds of years would not fit; then only some are named, and the table names all.
  const step = Math.ceil(rows.length / 14);
  rows.forEach(({ year, n, all }, i) => {
    const [x, tall] = [i * width, (n / most) * height];
    const middle = x + width / 2;
    const text = (y, words, kind) => drawn("text", { x: middle, y, class: kind }, words);
    svg.append(drawn("rect", {
      x: x + 8, y: head + height - tall, width: width - 16, height: tall, class: "bar" }));
    if (i % step) return;
    svg.append(text(head + height - tall - 5, all ? String(n) : "–", "n"));
    svg.append(text(head + height + 16, year, "year"));
    svg.append(text(head + height + 32, all ? `of ${all}` : "none", "all"));
  });
  svg.append(drawn("line", {
    x1: 0, x2: rows.length * width, y1: head + height, y2: head + height, class: "axis" }));
  svg.style.maxWidth = `${Math.max(rows.length, 1) * width}px`;
  return svg;
}

function table(rows, counted, address) {
  const head = ["Year", counted, "of all", "rows"].map((v) => element("th", { scope: "col" }, v));
  const body = rows.map(({ year, counts, n, all }) => {
    const named = all ? element("a", { href: address(year) }, year) : year;
    const cells = all ? [n, all, counts.rows] : ["–", "no articles", "–"];
    return element("tr", {}, element("th", { scope: "row" }, named),
      ...cells.map((v) => element("td", {}, v.toLocaleString("en"))));
  });
  return element("table", {},
    element("caption", {}, `The same ${counted} as numbers`),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body));
}
