// An answer as a graph: triples, or two columns of an answer that name things.

import { button, choice, drawn, element, number } from "./editor-parts.js";
import { textOf } from "./editor-table.js";

const MOST = 200; // nodes that are drawn; more are a tangle
const MOST_WORDS = 40; // links up to which each has its words beside it
const WIDTH = 900;
const HEIGHT = 600;
const ROUNDS = 300;
const NAMES = ["http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/2000/01/rdf-schema#label", "http://purl.org/dc/terms/title"];
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

const isNode = (term) => term?.type === "uri" || term?.type === "bnode";

function nodeColumns({ columns, rows }) {
  return columns.map((_, column) => column).filter((column) => {
    const terms = rows.map((row) => row[column]).filter(Boolean);
    return terms.length > 0 && terms.every(isNode);
  });
}

/** Say whether an answer has anything to draw: triples, or two columns of IRIs. */
export function linked(answer) {
  return answer.kind === "graph" ? answer.rows.length > 0 : answer.kind === "rows" && nodeColumns(answer).length > 1;
}

/** Make a graph with the choices for it. */
export function graph(answer, vocabulary) {
  const place = element("figure");
  if (answer.kind === "graph") {
    place.append(...figure(ofTriples(answer, vocabulary), vocabulary));
    return place;
  }
  const options = nodeColumns(answer).map((column) => [String(column), answer.columns[column]]);
  const chosen = { from: options[0][0], to: options[1][0], label: "-1" };
  const draw = () => place.replaceChildren(...figure(ofColumns(answer, chosen, vocabulary), vocabulary));
  const pick = (name) => (value) => {
    chosen[name] = value;
    draw();
  };
  const all = answer.columns.map((name, column) => [String(column), name]);
  draw();
  return element("div", {}, [
    element("div", { className: "row choices" }, [
      choice("From", options, chosen.from, pick("from")),
      choice("To", options, chosen.to, pick("to")),
      choice("Label", [["-1", "none"], ...all], chosen.label, pick("label")),
    ]),
    place,
  ]);
}

/** Collect nodes and edges. */
class Network {
  nodes = new Map();
  edges = new Map();

  node(term, vocabulary) {
    const key = `${term.type} ${term.value}`;
    if (!this.nodes.has(key)) this.nodes.set(key, { key, term, name: textOf(term, vocabulary), kind: "", degree: 0 });
    return this.nodes.get(key);
  }

  edge(from, to, label) {
    const key = `${from.key}\n${to.key}`;
    const labels = this.edges.get(key)?.labels ?? new Set();
    if (label) labels.add(label);
    if (!this.edges.has(key)) {
      this.edges.set(key, { from, to, labels });
      from.degree++;
      to.degree++;
    }
  }
}

function ofTriples({ rows }, vocabulary) {
  const made = new Network();
  const names = new Map();
  for (const [subject, predicate, object] of rows) {
    if (!subject) continue;
    const node = made.node(subject, vocabulary);
    const rank = NAMES.indexOf(predicate.value);
    if (rank >= 0 && rank <= (names.get(node) ?? 9)) {
      node.name = object.value;
      node.lang = object["xml:lang"];
      names.set(node, rank);
    } else if (predicate.value === TYPE) node.kind ||= textOf(object, vocabulary);
    else if (isNode(object)) made.edge(node, made.node(object, vocabulary), textOf(predicate, vocabulary));
  }
  return made;
}

function ofColumns({ rows, columns }, { from, to, label }, vocabulary) {
  const made = new Network();
  // A column after one of IRIs, named after it or "label", has their names.
  const nameOf = (column, row) => {
    const at = Number(column);
    const next = columns[at + 1];
    return [`${columns[at]}Label`, "label", "name"].includes(next) ? row[at + 1]?.value : undefined;
  };
  for (const row of rows) {
    const ends = [from, to].map((column) => {
      if (!row[column]) return null;
      const node = made.node(row[column], vocabulary);
      node.name = nameOf(column, row) ?? node.name;
      return node;
    });
    if (ends[0] && ends[1]) made.edge(...ends, Number(label) < 0 ? "" : textOf(row[label], vocabulary));
  }
  return made;
}

function figure(network, vocabulary) {
  const nodes = [...network.nodes.values()];
  const edges = [...network.edges.values()];
  if (nodes.length > MOST) {
    const text = `The graph has ${number(nodes.length)} things, and up to ${MOST} are drawn. Ask for less, as with LIMIT; the table has all.`;
    return [element("p", {}, [text])];
  }
  settle(nodes, edges);
  const kinds = [...new Set(nodes.map((node) => node.kind))].filter(Boolean);
  const colour = (node) => (node.kind ? `c${(kinds.indexOf(node.kind) % 8) + 1}` : "c8");
  const words = new Set(edges.flatMap(({ labels }) => [...labels]));
  const worded = words.size > 1 && edges.length <= MOST_WORDS;
  const scene = drawn("g", {}, [...edges.map((edge) => line(edge, worded)), ...nodes.map((node) => dot(node, colour(node), vocabulary))]);
  const head = drawn("marker", { id: "head", viewBox: "0 0 10 10", refX: 10, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, [drawn("path", { d: "M0 0L10 5L0 10z", class: "head" })]);
  const told = `A graph of ${nodes.length} things and ${edges.length} links`;
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "drawing network", "aria-label": told, role: "group" }, [drawn("defs", {}, [head]), scene]);
  const parts = [zooming(svg), svg];
  if (kinds.length > 1) parts.push(element("ul", { className: "legend" }, kinds.slice(0, 8).map((kind, index) => element("li", { className: `c${index + 1}` }, [kind]))));
  const link = words.size === 1 ? `, each ${[...words][0]}` : "";
  parts.push(element("figcaption", {}, [`${told}${link}. Drag to move it; the table has the same.`]));
  return parts;
}

/** Let the nodes push each other away and the edges pull them together, until they come to rest. */
function settle(nodes, edges) {
  const ideal = 0.85 * Math.sqrt((WIDTH * HEIGHT) / (nodes.length || 1));
  nodes.forEach((node, index) => {
    const angle = index * 2.399963; // the golden angle spreads them evenly, and the same each time
    const radius = ideal * 0.5 * Math.sqrt(index + 0.5);
    Object.assign(node, { x: WIDTH / 2 + radius * Math.cos(angle) * 1.3, y: HEIGHT / 2 + radius * Math.sin(angle), dx: 0, dy: 0 });
  });
  for (let round = 0; round < ROUNDS; round++) {
    const heat = ideal * 0.6 * (1 - round / ROUNDS) ** 2 + 0.5;
    for (let i = 0; i < nodes.length; i++) {
      for (let j = i + 1; j < nodes.length; j++) push(nodes[i], nodes[j], ideal * ideal);
    }
    for (const { from, to } of edges) push(from, to, 0, 1 / ideal);
    for (const node of nodes) {
      node.dx += (WIDTH / 2 - node.x) * 0.1; // towards the middle, so that what is not linked stays in sight
      node.dy += (HEIGHT / 2 - node.y) * 0.2;
      const force = Math.hypot(node.dx, node.dy) || 1;
      node.x += (node.dx / force) * Math.min(force, heat);
      node.y += (node.dy / force) * Math.min(force, heat);
      node.dx = node.dy = 0;
    }
  }
  fit(nodes);
}

function push(a, b, away, together = 0) {
  if (a === b) return;
  const x = a.x - b.x || 0.1;
  const y = a.y - b.y || 0.1;
  const distance = Math.hypot(x, y);
  if (away && distance > 2.5 * Math.sqrt(away)) return; // what is far apart need not be farther
  const force = away / (distance * distance) - together * distance;
  a.dx += x * force;
  a.dy += y * force;
  b.dx -= x * force;
  b.dy -= y * force;
}

function fit(nodes) {
  const [xs, ys] = [nodes.map((node) => node.x), nodes.map((node) => node.y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  for (const node of nodes) {
    node.x = nodes.length > 1 ? 60 + ((node.x - left) / (right - left || 1)) * (WIDTH - 200) : WIDTH / 2;
    node.y = nodes.length > 1 ? 30 + ((node.y - top) / (bottom - top || 1)) * (HEIGHT - 60) : HEIGHT / 2;
  }
}

function line({ from, to, labels }, worded) {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(x, y) || 1;
  const [endX, endY] = [to.x - (x / length) * 8, to.y - (y / length) * 8];
  const text = [...labels].join(", ");
  const parts = [drawn("line", { class: "line", x1: from.x, y1: from.y, x2: endX, y2: endY, "marker-end": "url(#head)" }, [drawn("title", {}, [`${from.name} ${text || "→"} ${to.name}`])])];
  if (text && worded) parts.push(drawn("text", { class: "said faint", x: (from.x + endX) / 2, y: (from.y + endY) / 2, "text-anchor": "middle" }, [text]));
  return drawn("g", {}, parts);
}

function dot(node, colour, vocabulary) {
  const address = node.term.type === "uri" ? vocabulary.page(node.term.value) : "";
  const text = drawn("text", { class: "label said", x: 10, y: 4 }, [node.name.length > 34 ? `${node.name.slice(0, 33)}…` : node.name]);
  if (node.lang?.startsWith("zh")) text.setAttribute("lang", "zh");
  const parts = [drawn("title", {}, [[node.name, node.kind].filter(Boolean).join(", ")]), drawn("circle", { class: `mark ${colour}`, r: Math.min(5 + Math.sqrt(node.degree), 9) }), text];
  return drawn(address ? "a" : "g", { transform: `translate(${node.x} ${node.y})`, ...(address ? { href: address } : {}) }, parts);
}

/** Let a drawing be moved with the pointer, and enlarged with buttons. */
function zooming(svg) {
  const view = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const apply = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const zoom = (factor) => () => {
    view.x += (view.width * (1 - factor)) / 2;
    view.y += (view.height * (1 - factor)) / 2;
    view.width *= factor;
    view.height *= factor;
    apply();
  };
  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("a")) held = [event.clientX, event.clientY];
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const scale = view.width / svg.clientWidth;
    view.x -= (event.clientX - held[0]) * scale;
    view.y -= (event.clientY - held[1]) * scale;
    held = [event.clientX, event.clientY];
    apply();
  });
  for (const name of ["pointerup", "pointerleave"]) svg.addEventListener(name, () => (held = null));
  const all = () => {
    Object.assign(view, { x: 0, y: 0, width: WIDTH, height: HEIGHT });
    apply();
  };
  const named = (text, name, act) => Object.assign(button(text, act), { ariaLabel: name });
  return element("div", { className: "zoom" }, [named("+", "Nearer", zoom(0.75)), named("−", "Farther", zoom(1 / 0.75)), named("All", "Show all", all)]);
}
