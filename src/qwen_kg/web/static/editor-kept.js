// Queries to take: the saved ones of the dataset as examples, and those that were run here before.

import { button, element } from "./editor-parts.js";

const KEY = "qwen-kg.queries";
const MOST = 50;

/** Make a button that opens a list in a dialog; `fill` gives its items: text, second line, and what choosing does. */
function menu(label, title, fill) {
  const list = element("ul", { className: "list" });
  const filter = element("input", { type: "search", placeholder: "Filter …", ariaLabel: "Filter" });
  const close = button("Close", () => dialog.close(), "plain");
  const dialog = element("dialog", { className: "chooser", ariaLabel: title }, [
    element("div", { className: "row" }, [element("h2", {}, [title]), close]),
    filter,
    list,
  ]);
  const narrow = () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const item of list.children) item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word));
  };
  filter.addEventListener("input", narrow);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  const opener = button(label, async () => {
    if (!dialog.isConnected) document.getElementById("main").append(dialog);
    filter.value = "";
    dialog.showModal();
    const items = await fill();
    list.replaceChildren(
      ...items.map(({ text, note, take }) => {
        const item = button("", () => {
          dialog.close();
          take();
        }, "item");
        item.append(text, element("small", {}, [note]));
        return element("li", {}, [item]);
      }),
    );
    if (!items.length) list.append(element("li", { className: "quiet" }, ["Nothing here yet."]));
  }, "plain");
  opener.ariaHasPopup = "dialog";
  return opener;
}

/** Make the menu of the saved queries; one is taken with values for what it needs, so that it can be run. */
export function examples(load) {
  return menu("Examples", "Examples", async () => {
    const answer = await fetch("/sparql/examples.json");
    if (!answer.ok) return [];
    return (await answer.json()).map(({ name, summary, tags }) => ({
      text: summary,
      note: [name, ...tags].join(" · "),
      take: async () => {
        const text = await fetch(`/sparql/examples/${name}.rq`);
        if (text.ok) load(await text.text());
      },
    }));
  });
}

/** The queries that were run in this browser; where it keeps nothing, those since the page was opened. */
export function history(load) {
  let kept = [];
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? kept;
    } catch {
      return kept; // nothing may be kept, or something else was
    }
  };
  const add = (query) => {
    if (!query.trim()) return;
    kept = [{ query, at: Date.now() }, ...stored().filter((each) => each.query !== query)].slice(0, MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // It is kept as long as the page is open.
    }
  };
  const title = (query) => query.split("\n").filter((line) => !/^\s*(PREFIX\b|$)/i.test(line)).join(" ").replace(/\s+/g, " ").slice(0, 140);
  return {
    add,
    menu: menu("History", "Queries run in this browser", () =>
      stored().map(({ query, at }) => ({ text: title(query), note: new Date(at).toLocaleString(), take: () => load(query) })),
    ),
  };
}
