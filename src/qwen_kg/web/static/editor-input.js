// What a query is written in: Yasqe (CodeMirror with SPARQL) where its script is there, else the text area.

import { complete, declare, undeclared } from "./editor-complete.js";
import { element } from "./editor-parts.js";

/** Make an editor of a text area; `run` and `leave` are called by the keys for it. */
export function editorFor(area, vocabulary, keys) {
  return window.Yasgui?.Yasqe ? new Editor(area, vocabulary, keys) : new Area(area, vocabulary, keys);
}

/** The text area as it is, with the same methods as the editor. */
class Area {
  completes = false;

  constructor(area, vocabulary, { run }) {
    this.area = area;
    this.vocabulary = vocabulary;
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    });
  }

  get query() {
    return this.area.value;
  }

  set query(text) {
    this.area.value = text;
  }

  async declare() {
    await this.vocabulary.ready;
    this.area.value = undeclared(this.query, this.vocabulary.prefixes) + this.query;
  }

  mark(line, column) {
    const before = this.query.split("\n").slice(0, line - 1);
    const at = before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    this.area.setSelectionRange(at, at + 1);
    return true;
  }

  clear() {}

  focus() {
    this.area.focus();
  }
}

class Editor {
  completes = true;
  #faults = [];

  constructor(area, vocabulary, { run, leave }) {
    const { Yasqe } = window.Yasgui;
    Yasqe.defaults.autocompleters = []; // those ask other hosts; ours know the dataset
    // The one of Yasqe makes a tooltip out of HTML with style attributes, which the policy of the page forbids.
    Yasqe.prototype.checkSyntax = check;
    this.area = area;
    this.vocabulary = vocabulary;
    const place = element("div", { className: "editor" });
    area.before(place);
    area.hidden = true;
    area.labels[0].addEventListener("click", () => this.focus());
    const yasqe = new Yasqe(place, {
      value: area.value,
      persistenceId: null,
      consumeShareLink: null,
      createShareableLink: null,
      showQueryButton: false,
      resizeable: false,
      editorHeight: "",
      screenReaderLabel: "Query",
      highlightSelectionMatches: { showToken: false },
      extraKeys: {
        "Ctrl-Enter": run,
        "Cmd-Enter": run,
        "Ctrl-Space": () => complete(this.mirror, vocabulary, true),
        Esc: leave,
        Tab: (mirror) => mirror.execCommand(mirror.somethingSelected() ? "indentMore" : "insertSoftTab"),
        "Shift-Tab": "indentLess",
        "Ctrl-S": () => {}, // it would be saved where nobody looks for it
      },
    });
    this.mirror = yasqe.getDoc().getEditor();
    this.mirror.on("change", () => {
      area.value = this.query;
      this.clear();
    });
    this.mirror.on("inputRead", (_, { text }) => {
      if (text.join("").includes(":")) declare(this.mirror, vocabulary.prefixes);
      if (text.length === 1) complete(this.mirror, vocabulary);
    });
  }

  get query() {
    return this.mirror.getValue();
  }

  set query(text) {
    this.mirror.setValue(text);
  }

  async declare() {
    await this.vocabulary.ready;
    declare(this.mirror, this.vocabulary.prefixes);
  }

  /** Show what is wrong under its line, and put the cursor there. */
  mark(line, column, message) {
    this.clear();
    const mirror = this.mirror;
    const at = Math.min(line, mirror.lineCount()) - 1;
    const sign = element("span", { className: "fault-sign", title: message, ariaHidden: "true" }, ["✕"]);
    const note = element("div", { className: "fault" }, [message]);
    mirror.setGutterMarker(at, "gutterErrorBar", sign);
    mirror.addLineClass(at, "background", "at-fault");
    const widget = mirror.addLineWidget(at, note);
    mirror.setCursor({ line: at, ch: column - 1 });
    mirror.scrollIntoView({ line: at, ch: column - 1 }, 60);
    this.#faults = [
      () => widget.clear(),
      () => mirror.removeLineClass(widget.line, "background", "at-fault"),
      () => mirror.setGutterMarker(widget.line, "gutterErrorBar", null),
    ];
    return true;
  }

  clear() {
    this.#faults.forEach((undo) => undo());
    this.#faults = [];
  }

  focus() {
    this.mirror.focus();
  }
}

/** Mark the first line that is no SPARQL 1.1, while it is written; the server has the last word. */
function check() {
  this.queryValid = true;
  this.clearGutter("gutterErrorBar");
  const doc = this.getDoc();
  for (let line = 0; line < doc.lineCount(); line++) {
    const { state } = this.getTokenAt({ line, ch: doc.getLine(line).length }, !this.prevQueryValid);
    this.setOption("queryType", state.queryType);
    if (state.OK === false) {
      const expected = state.possibleCurrent?.slice(0, 12).join(" ");
      const title = state.errorMsg ?? `Not SPARQL 1.1 here${expected ? `; expected one of ${expected}` : ""}`;
      this.setGutterMarker(line, "gutterErrorBar", element("span", { className: "slip", title }, ["!"]));
      this.queryValid = false;
      break;
    }
  }
  this.prevQueryValid = this.queryValid;
}
