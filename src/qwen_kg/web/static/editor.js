// The editor at /sparql: the form becomes an editor, and its answer a table, a chart, a graph or a text.
// Nothing is sent anywhere but to this server.

import { Answer, read } from "./editor-answer.js";
import { examples, history } from "./editor-kept.js";
import { editorFor } from "./editor-input.js";
import { Problem, send } from "./editor-request.js";
import { elsewhere } from "./editor-share.js";
import { button, element, number } from "./editor-parts.js";
import { loadTerms } from "./editor-terms.js";

const LONGEST = 16_000; // characters of an address; a longer query is not kept in it

const told = JSON.parse(document.getElementById("told").textContent);
const form = document.getElementById("asking");
// What else the address says counts for every run: the graphs that are asked, and the time.
const others = [...new URLSearchParams(location.search)].filter(
  ([name]) => !["query", "format"].includes(name),
);
const vocabulary = loadTerms();
const kept = history((query) => load(query));
const area = new Answer(document.getElementById("answer"), vocabulary);

const run = button("Run", () => (running ? running.abort() : ask()), "run");
const status = element("span", { role: "status", className: "quiet" });
const clock = element("span", { className: "quiet", ariaHidden: "true" });
const editor = editorFor(form.elements.query, vocabulary, { run: () => ask(), leave: () => run.focus() });
const share = elsewhere(() => editor.query, others);
let running = null;

/** Put a query into the editor; the one that was there can be found in the history. */
function load(query) {
  kept.add(editor.query);
  editor.query = query;
  editor.focus();
}

/** Keep the query in the address, so that a reload or a copy of it is the same query. */
function keep(query) {
  const address = `${location.pathname}?${new URLSearchParams([["query", query], ...others])}`;
  window.history.replaceState(null, "", address.length <= LONGEST ? address : location.pathname);
  kept.add(query);
}

function fail(problem) {
  const at = problem.line ? editor.mark(problem.line, problem.column ?? 1, problem.detail) : false;
  const again = problem.status === 503 ? () => ask() : null;
  area.fail(problem, told.advice[problem.title], again);
  status.textContent = problem.title;
  if (at) editor.focus();
}

const duration = (time) => (time < 1000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`);

/** Run what is in the editor; a run that is under way is ended first. */
async function ask() {
  running?.abort();
  const current = (running = new AbortController());
  await editor.declare();
  const query = editor.query;
  const started = performance.now();
  const elapsed = () => duration(performance.now() - started);
  const ticking = setInterval(() => (clock.textContent = elapsed()), 100);
  run.textContent = "Cancel";
  status.textContent = "Running …";
  editor.clear();
  keep(query);
  try {
    const answer = read(await send(query, others, current.signal));
    if (current !== running) return;
    const seconds = elapsed();
    await area.show(answer, query, others);
    status.textContent = `${answer.summary} in ${seconds}`;
  } catch (error) {
    if (current !== running) return;
    if (error.name === "AbortError") status.textContent = `Cancelled after ${elapsed()}.`;
    else if (error instanceof Problem) fail(error);
    else throw error;
  } finally {
    clearInterval(ticking);
    if (current === running) {
      running = null;
      clock.textContent = "";
      run.textContent = "Run";
    }
  }
}

/** Show the answer that came with the page, which the server has given already. */
async function begin() {
  const { problem, results, triples, total } = told.answer;
  if (problem) return fail(new Problem(problem));
  if (!results && triples === undefined) return;
  const answer = read(results ?? triples);
  kept.add(editor.query);
  const rest = total > answer.rows.length ? { total, get: () => ask() } : null;
  await area.show(answer, editor.query, others, rest);
  status.textContent = rest ? `${number(total)} in all` : answer.summary;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
addEventListener("pagehide", () => kept.add(editor.query));
document.getElementById("running").replaceChildren(
  run,
  examples(load),
  kept.menu,
  clock,
  status,
);
form.append(
  element("p", { className: "quiet keys" }, [
    element("kbd", {}, ["Ctrl Enter"]), " runs · ",
    ...(editor.completes ? [element("kbd", {}, ["Ctrl Space"]), " completes · ", element("kbd", {}, ["Esc"]), " leaves the editor"] : []),
  ]),
);
form.after(share);
begin();
