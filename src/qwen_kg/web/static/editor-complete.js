// Completions: variables of the query, terms of the ontology, entities by any of their names, and keywords.

import { element, number } from "./editor-parts.js";

const WORD = /(?:[?$][\p{L}\p{N}_]*|(?:[A-Za-z][\w.-]*)?:[\p{L}\p{N}_.-]*|[\p{L}][\p{L}\p{N}_.-]*)$/u;
const VARIABLE = /[?$][\p{L}\p{N}_]+/gu;
const MOST = 40;
const KEYWORDS = `SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS BIND VALUES GRAPH ORDER BY GROUP BY HAVING LIMIT OFFSET
  CONSTRUCT DESCRIBE ASK PREFIX EXISTS COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT CONTAINS REGEX REPLACE STRSTARTS
  STRENDS STRAFTER STRBEFORE LCASE UCASE LANG LANGMATCHES DATATYPE BOUND COALESCE CONCAT YEAR MONTH ROUND`.split(/\s+/);
// Whatever may hold a colon and is no name with a prefix, and such names, with or without their declaration.
const TOKEN =
  /#[^\n]*|"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|(\bPREFIX\s+)?(?<![\w?$@-])([A-Za-z][\w.-]*)?:/gi;

/** Give the declarations of prefixes that a query uses and does not declare, for those that are known. */
export function undeclared(query, prefixes) {
  const used = new Set();
  const declared = new Set();
  for (const [, declaring, prefix] of query.matchAll(TOKEN)) {
    if (prefix) (declaring ? declared : used).add(prefix);
  }
  return [...used]
    .filter((prefix) => !declared.has(prefix) && Object.hasOwn(prefixes, prefix))
    .map((prefix) => `PREFIX ${prefix}: <${prefixes[prefix]}>\n`)
    .join("");
}

/** Offer completions for the word at the cursor; unasked only for what is long enough to mean something. */
export function complete(mirror, vocabulary, asked = false) {
  const word = wordAt(mirror);
  if (!asked && (word === null || word.length < 2)) return;
  mirror.showHint({
    hint: () => hints(mirror, vocabulary),
    completeSingle: false,
    closeCharacters: /[\s{}()<>"';,]/,
    container: document.body,
  });
}

function wordAt(mirror) {
  const cursor = mirror.getCursor();
  if (/comment|string(?!-2)/.test(mirror.getTokenTypeAt(cursor) ?? "")) return null;
  return WORD.exec(mirror.getLine(cursor.line).slice(0, cursor.ch))?.[0] ?? "";
}

async function hints(mirror, vocabulary) {
  const word = wordAt(mirror);
  if (word === null) return null;
  const cursor = mirror.getCursor();
  const list = await (/^[?$]/.test(word) ? variables(mirror, word) : names(mirror, vocabulary, word));
  const found = { list: list.slice(0, MOST), from: { line: cursor.line, ch: cursor.ch - word.length }, to: cursor };
  return found.list.length ? found : null;
}

function variables(mirror, word) {
  const others = new Set(mirror.getValue().match(VARIABLE));
  others.delete(word);
  return [...others]
    .filter((each) => each.slice(1).startsWith(word.slice(1)))
    .sort()
    .map((text) => ({ text, render: shown(text, "variable") }));
}

/** Say what may stand at the cursor: a class after "a", a property in the middle, else anything. */
function kindsAt(mirror) {
  const token = mirror.getCompleteToken();
  const before = mirror.getPreviousNonWsToken(mirror.getCursor().line, token);
  if (["a", "rdf:type"].includes(before?.state?.lastProperty)) return ["class"];
  return token.state.possibleCurrent?.includes("a") ? ["property"] : ["word", "class", "property"];
}

async function names(mirror, vocabulary, word) {
  const kinds = kindsAt(mirror);
  const colon = word.indexOf(":");
  const namespace = colon < 0 ? "" : namespaceOf(mirror, vocabulary, word.slice(0, colon));
  if (namespace === undefined) return [];
  const text = word.slice(colon + 1);
  const entities = kinds.includes("word") ? vocabulary.entities(text, namespace) : [];
  await vocabulary.ready;
  const terms = vocabulary.find(text, kinds, namespace).map((term) => ({
    text: vocabulary.written(term.iri),
    hint: pick(vocabulary),
    render: shown(term.short, term.label ?? "", told(term), term.definition),
  }));
  const found = (await entities).map(({ iri, label, kind }) => ({
    text: vocabulary.written(iri),
    hint: pick(vocabulary),
    render: shown(vocabulary.short(iri), label, kind),
  }));
  if (colon >= 0) return [...terms, ...found].filter((each) => each.text !== word);
  const prefixes = Object.keys(vocabulary.prefixes).filter((each) => each.startsWith(word));
  const keywords = KEYWORDS.filter((each) => each.startsWith(word.toUpperCase()) && each !== word.toUpperCase());
  return [
    ...keywords.map((keyword) => ({ text: keyword, render: shown(keyword, "keyword") })),
    ...prefixes.map((prefix) => ({ text: `${prefix}:`, hint: pick(vocabulary), render: shown(`${prefix}:`, "prefix") })),
    ...[...terms.slice(0, 12), ...found, ...terms.slice(12)],
  ];
}

function namespaceOf(mirror, vocabulary, prefix) {
  const declared = mirror.getPrefixesFromQuery();
  return declared?.[prefix] ?? vocabulary.prefixes[prefix];
}

const told = ({ kind, uses }) => (uses ? `${kind}, used ${number(uses)}×` : kind);

/** Make what puts a completion into the text, and declares its prefix. */
function pick(vocabulary) {
  return (mirror, { from, to }, { text }) => {
    mirror.replaceRange(text, from, to, "complete");
    declare(mirror, vocabulary.prefixes);
  };
}

/** Declare the prefixes that are used and known, after those that are declared; say whether there were any. */
export function declare(mirror, prefixes) {
  const lines = undeclared(mirror.getValue(), prefixes);
  let free = 0;
  mirror.eachLine((each) => {
    if (/^\s*PREFIX\s/i.test(each.text)) free = mirror.getLineNumber(each) + 1;
  });
  if (lines) mirror.replaceRange(lines, { line: free, ch: 0 }, undefined, "+prefix");
  return lines !== "";
}

function shown(text, label, note = "", title = "") {
  return (item) => {
    item.title = title;
    item.append(
      element("span", { className: "hint-text" }, [text]),
      element("span", { className: "hint-label" }, [label === text ? "" : label]),
      element("span", { className: "hint-note" }, [note]),
    );
  };
}
