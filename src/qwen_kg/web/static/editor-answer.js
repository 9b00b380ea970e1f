// An answer: read from what the server sends, and shown as a table, a chart, a graph or the text of a format.

import { chart, charted } from "./editor-chart.js";
import { graph, linked } from "./editor-graph.js";
import { button, choice, counted, element, number } from "./editor-parts.js";
import { Problem, send } from "./editor-request.js";
import { download } from "./editor-share.js";
import { table } from "./editor-table.js";

const FORMATS = { graph: ["turtle", "ntriples", "jsonld", "rdfxml"], rows: ["json", "csv", "tsv", "xml"], yes: ["json", "xml"] };
const LONGEST = 200_000; // characters of a text that a page shows
const TRIPLE = /^(<[^>]*>|_:\S+)\s+(<[^>]*>)\s+(<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?|<<.*>>)\s*\.$/;
const LITERAL = /^"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?$/;
const ESCAPES = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

/** Read SPARQL JSON results, or N-Triples: columns and rows, each row a list of terms as SPARQL JSON writes them. */
export function read(answer) {
  if (typeof answer === "string") {
    const rows = answer.split("\n").filter(Boolean).map(triple);
    return { kind: "graph", columns: ["subject", "predicate", "object"], rows, summary: counted(rows.length, "triple") };
  }
  if ("boolean" in answer) return { kind: "yes", columns: [], rows: [], yes: answer.boolean, summary: answer.boolean ? "Yes" : "No" };
  const columns = answer.head.vars;
  const rows = answer.results.bindings.map((row) => columns.map((name) => row[name]));
  return { kind: "rows", columns, rows, summary: counted(rows.length, "row") };
}

function triple(line) {
  const parts = TRIPLE.exec(line);
  return parts ? parts.slice(1).map(term) : [undefined, undefined, { type: "literal", value: line }];
}

function term(text) {
  if (text[0] === "<" && text[1] !== "<") return { type: "uri", value: unescaped(text.slice(1, -1)) };
  if (text[0] === "_") return { type: "bnode", value: text.slice(2) };
  const [, value, language, datatype] = LITERAL.exec(text) ?? [null, text];
  return { type: "literal", value: unescaped(value), "xml:lang": language, datatype };
}

function unescaped(text) {
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_, short, long, letter) =>
    letter ? (ESCAPES[letter] ?? letter) : String.fromCodePoint(parseInt(short ?? long, 16)),
  );
}

/** The place for answers. */
export class Answer {
  constructor(place, vocabulary) {
    this.place = place;
    this.vocabulary = vocabulary;
  }

  /** Show what is wrong, and what to do about it. */
  fail(problem, advice, again) {
    const section = element("section", { className: "problem", role: "alert" }, [
      element("h2", {}, [problem.title]),
      element("p", {}, [problem.detail]),
    ]);
    if (advice) section.append(element("p", {}, [advice]));
    if (again) section.append(button("Try again", again));
    this.place.replaceChildren(section);
  }

  /**
   * Show an answer.
   *
   * `rest` says that there are more rows than these, which page carries: how many, and what gets them.
   */
  async show(answer, query, others, rest = null) {
    await this.vocabulary.ready;
    const views = {
      Table: answer.kind !== "yes" && (() => table(answer, this.vocabulary)),
      Chart: charted(answer) && (() => chart(answer, this.vocabulary)),
      Graph: linked(answer) && (() => graph(answer, this.vocabulary)),
      Response: () => response(answer, query, others),
    };
    const heading = element("h2", {}, [answer.kind === "yes" ? "Answer" : answer.summary]);
    const parts = [heading];
    if (rest) {
      heading.textContent = `The first ${number(answer.rows.length)} of ${number(rest.total)}`;
      parts.push(element("p", {}, [button(`Get all ${number(rest.total)}`, rest.get)]));
    }
    if (answer.kind === "yes") parts.push(element("p", { className: "verdict" }, [answer.summary]));
    const links = FORMATS[answer.kind].map((format) => download(query, others, format));
    this.place.replaceChildren(
      element("section", { className: "answered", ariaLabel: "Answer" }, [
        ...parts,
        ...tabs(Object.entries(views).filter(([, make]) => make)),
        element("p", { className: "downloads" }, ["Download ", ...links]),
      ]),
    );
  }
}

/** Make tabs (WAI-ARIA APG); what is on one is made when it is first looked at. */
function tabs(views) {
  const made = new Map();
  const panel = element("div", { role: "tabpanel", id: "view", tabIndex: -1 });
  const list = element("div", { role: "tablist", className: "tabs", ariaLabel: "Show the answer as" });
  const select = (tab) => {
    for (const each of list.children) {
      each.ariaSelected = String(each === tab);
      each.tabIndex = each === tab ? 0 : -1;
    }
    const name = tab.textContent;
    if (!made.has(name)) made.set(name, views.find(([each]) => each === name)[1]());
    panel.setAttribute("aria-labelledby", tab.id);
    panel.replaceChildren(made.get(name));
  };
  list.append(
    ...views.map(([name]) => {
      const tab = button(name, () => select(tab));
      tab.role = "tab";
      tab.id = `view-${name.toLowerCase()}`;
      tab.setAttribute("aria-controls", "view");
      return tab;
    }),
  );
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const all = [...list.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    select(next);
    next.focus();
  });
  select(list.firstElementChild);
  return [list, panel];
}

/** Show what the server sends in a format. */
function response(answer, query, others) {
  const text = element("pre", { className: "scroll raw", tabIndex: 0 });
  const note = element("p", { className: "quiet" });
  const ask = async (format) => {
    text.textContent = "…";
    try {
      const found = await send(query, [...others, ["format", format]], undefined, "*/*");
      const shown = typeof found === "string" ? found : JSON.stringify(found, null, 1);
      text.textContent = shown.slice(0, LONGEST);
      note.textContent = shown.length > LONGEST ? `The first ${number(LONGEST)} of ${number(shown.length)} characters; the download has all.` : "";
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      text.textContent = `${error.title}: ${error.detail}`;
    }
  };
  const formats = FORMATS[answer.kind];
  ask(formats[0]);
  return element("div", {}, [choice("Format", formats.map((each) => [each, each]), formats[0], ask), text, note]);
}
