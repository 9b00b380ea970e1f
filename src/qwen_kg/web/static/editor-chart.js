// An answer as a chart: bars, lines or points, of columns that are chosen.

import { choice, drawn, element, number } from "./editor-parts.js";
import { numberOf, textOf } from "./editor-table.js";

const WIDTH = 900;
const MOST = { bars: 60, line: 2000, points: 3000 };
const COLOURS = 8;
const DATE = /^-?\d{4}(-\d\d(-\d\d)?)?/;

/** Say whether an answer has anything to draw: a column of numbers. */
export function charted(answer) {
  return answer.kind === "rows" && numeric(answer).length > 0;
}

function numeric({ columns, rows }) {
  return columns.map((_, column) => column).filter((column) => {
    const terms = rows.map((row) => row[column]).filter(Boolean);
    return terms.length > 0 && terms.every((term) => numberOf(term) !== undefined);
  });
}

/** Make a chart with the choices for it. */
export function chart(answer, vocabulary) {
  const { columns, rows } = answer;
  const numbers = numeric(answer);
  const others = columns.map((_, column) => column).filter((column) => !numbers.includes(column));
  const isDate = (column) => rows.some((row) => row[column]) && rows.every((row) => !row[column] || DATE.test(row[column].value));
  // Names are better read than IRIs; a date on the axis asks for a line.
  const named = others.filter((column) => rows.find((row) => row[column])?.[column].type === "literal");
  const dated = others.find(isDate);
  const chosen = {
    kind: dated !== undefined ? "line" : others.length ? "bars" : "points",
    x: String(dated ?? named[0] ?? others[0] ?? numbers[0]),
    y: String(numbers.find((column) => column !== (others.length ? -1 : numbers[0])) ?? numbers[0]),
    colour: "-1",
  };
  const place = element("figure");
  const draw = () => place.replaceChildren(...figure(answer, chosen, vocabulary));
  const pick = (name) => (value) => {
    chosen[name] = value;
    draw();
  };
  const optionsOf = (list) => list.map((column) => [String(column), columns[column]]);
  const all = optionsOf(columns.map((_, column) => column));
  draw();
  return element("div", {}, [
    element("div", { className: "row choices" }, [
      choice("Kind", [["bars", "bars"], ["line", "line"], ["points", "points"]], chosen.kind, pick("kind")),
      choice("Along", all, chosen.x, pick("x")),
      choice("Value", optionsOf(numbers), chosen.y, pick("y")),
      choice("Colour", [["-1", "one"], ...all], chosen.colour, pick("colour")),
    ]),
    place,
  ]);
}

function figure(answer, { kind, x, y, colour }, vocabulary) {
  const { columns, rows } = answer;
  const points = rows
    .filter((row) => row[x] && row[y])
    .map((row) => ({
      label: textOf(row[x], vocabulary),
      x: placeOf(row[x]),
      y: numberOf(row[y]),
      group: Number(colour) < 0 ? "" : textOf(row[colour], vocabulary) || "–",
    }));
  const shown = points.slice(0, MOST[kind]);
  const counts = new Map();
  for (const { group } of shown) counts.set(group, (counts.get(group) ?? 0) + 1);
  const groups = [...counts].sort((a, b) => b[1] - a[1]).map(([group]) => group);
  const classOf = (group) => `c${Math.min(groups.indexOf(group), COLOURS - 1) + 1}`;
  const title = `${columns[y]} by ${columns[x]}`;
  const ordinal = kind !== "bars" && shown.some((point) => point.x === undefined);
  if (ordinal) spread(shown);
  const parts = [(kind === "bars" ? bars : plot)(shown, classOf, { kind, title, x: columns[x], y: columns[y], ordinal, dated: DATE.test(shown[0]?.label) && !ordinal && numberOf(rows.find((row) => row[x])?.[x]) === undefined })];
  if (groups.length > 1) {
    const named = groups.length > COLOURS ? [...groups.slice(0, COLOURS - 1), `${groups.length - COLOURS + 1} others`] : groups;
    parts.push(element("ul", { className: "legend" }, named.map((group, index) => element("li", { className: `c${index + 1}` }, [group]))));
  }
  const left = points.length - shown.length;
  parts.push(element("figcaption", {}, [left > 0 ? `${title}: the first ${number(shown.length)} of ${number(points.length)} rows.` : `${title}.`]));
  return parts;
}

/** Give where a term is on an axis: a number, or the time of a date; nothing for other texts. */
function placeOf(term) {
  const value = numberOf(term);
  if (value !== undefined) return value;
  const time = DATE.test(term.value) ? Date.parse(DATE.exec(term.value)[0]) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function spread(points) {
  const places = new Map();
  for (const point of points) {
    if (!places.has(point.label)) places.set(point.label, places.size);
    point.x = places.get(point.label);
  }
}

/** Give round values for an axis. */
function ticks(low, high, count = 5) {
  const raw = (high - low || Math.abs(high) || 1) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((each) => each * power >= raw) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const brief = (value) =>
  Math.abs(value) >= 1e4 ? value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 }) : value.toLocaleString("en", { maximumSignificantDigits: 6 });

const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

function drawing(height, title, children) {
  const made = drawn("svg", { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, class: "drawing", role: "img" }, [drawn("title", {}, [title]), ...children]);
  return element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: `Chart: ${title}` }, [made]);
}

function bars(points, classOf, { title, y }) {
  const left = Math.min(300, 12 + 7 * Math.max(4, ...points.map(({ label }) => Math.min(label.length, 40))));
  const height = 40 + 22 * points.length;
  const low = Math.min(0, ...points.map((point) => point.y));
  const high = Math.max(0, ...points.map((point) => point.y));
  const at = (value) => left + ((value - low) / (high - low || 1)) * (WIDTH - left - 80);
  const parts = ticks(low, high).flatMap((value) => [
    drawn("line", { class: "grid", x1: at(value), x2: at(value), y1: 24, y2: height - 6 }),
    drawn("text", { class: "faint", x: at(value), y: 16, "text-anchor": "middle" }, [brief(value)]),
  ]);
  points.forEach((point, index) => {
    const top = 30 + 22 * index;
    const from = Math.min(at(0), at(point.y));
    parts.push(
      drawn("text", { class: "label", x: left - 8, y: top + 12, "text-anchor": "end" }, [cut(point.label, 40)]),
      drawn("rect", { class: `mark ${classOf(point.group)}`, x: from, y: top, width: Math.max(1, Math.abs(at(point.y) - at(0))), height: 16, rx: 2 }, [
        drawn("title", {}, [`${point.label}: ${y} ${point.y}${point.group ? `, ${point.group}` : ""}`]),
      ]),
      drawn("text", { class: "faint", x: Math.max(at(point.y), at(0)) + 6, y: top + 12 }, [brief(point.y)]),
    );
  });
  return drawing(height, title, parts);
}

function plot(points, classOf, { kind, title, x, y, ordinal, dated }) {
  const [height, left, bottom] = [420, 70, 56];
  const range = (key) => points.reduce(([low, high], each) => [Math.min(low, each[key]), Math.max(high, each[key])], [Infinity, -Infinity]);
  const [lowX, highX] = range("x");
  const [lowest, highY] = range("y");
  const lowY = lowest > 0 && lowest < highY / 3 ? 0 : lowest;
  const atX = (value) => left + 10 + ((value - lowX) / (highX - lowX || 1)) * (WIDTH - left - 30);
  const atY = (value) => height - bottom - ((value - lowY) / (highY - lowY || 1)) * (height - bottom - 24);
  const parts = ticks(lowY, highY).flatMap((value) => [
    drawn("line", { class: "grid", x1: left, x2: WIDTH - 10, y1: atY(value), y2: atY(value) }),
    drawn("text", { class: "faint", x: left - 8, y: atY(value) + 4, "text-anchor": "end" }, [brief(value)]),
  ]);
  for (const [value, text] of along(points, lowX, highX, ordinal, dated)) {
    parts.push(drawn("text", { class: "faint", x: atX(value), y: height - bottom + 20, "text-anchor": "middle" }, [cut(text, 14)]));
  }
  parts.push(
    drawn("line", { class: "axis", x1: left, x2: WIDTH - 10, y1: height - bottom, y2: height - bottom }),
    drawn("text", { class: "faint", x: WIDTH / 2, y: height - 10, "text-anchor": "middle" }, [x]),
    drawn("text", { class: "faint", x: 4, y: 12 }, [y]),
  );
  if (kind === "line") {
    for (const group of new Set(points.map((point) => point.group))) {
      const own = points.filter((point) => point.group === group).sort((a, b) => a.x - b.x);
      parts.push(drawn("polyline", { class: `line ${classOf(group)}`, "stroke-width": 2, points: own.map((point) => `${atX(point.x)},${atY(point.y)}`).join(" ") }));
    }
  }
  for (const point of points) {
    parts.push(
      drawn("circle", { class: `mark ${classOf(point.group)}`, cx: atX(point.x), cy: atY(point.y), r: kind === "line" ? 3 : 4, "fill-opacity": kind === "line" ? 1 : 0.7 }, [
        drawn("title", {}, [`${point.label}: ${y} ${point.y}${point.group ? `, ${point.group}` : ""}`]),
      ]),
    );
  }
  return drawing(height, title, parts);
}

function along(points, low, high, ordinal, dated) {
  if (ordinal) {
    const labels = [...new Map(points.map((point) => [point.x, point.label]))];
    const step = Math.ceil(labels.length / 8);
    return labels.filter((_, index) => index % step === 0);
  }
  if (!dated) return ticks(low, high, 7).map((value) => [value, brief(value)]);
  return Array.from({ length: 6 }, (_, index) => low + ((high - low) * index) / 5).map((value) => [value, new Date(value).toISOString().slice(0, 10)]);
}
