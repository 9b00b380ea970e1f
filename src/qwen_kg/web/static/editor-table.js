// A table of any length: a page of rows at a time is in the document, whatever is sorted or filtered.

import { button, choice, element, lazily, number } from "./editor-parts.js";

const SIZES = ["25", "50", "100", "500"];
const NUMERIC = /#(?:integer|decimal|double|float|int|long|short|nonNegativeInteger|positiveInteger|gYear)$/;
const PLAIN = /^$|#(?:string|integer|decimal|boolean|date|anyURI)$|\/EDTF$/;
const COLLATED = 20_000; // rows up to which letters are sorted as people do; beyond, as computers do

/** Give the number that a term is, or nothing. */
export function numberOf(term) {
  return term?.type === "literal" && NUMERIC.test(term.datatype ?? "") ? Number(term.value) : undefined;
}

/** Write a term as a table shows it. */
export function textOf(term, vocabulary) {
  if (!term) return "";
  if (term.type === "uri") return vocabulary.short(term.value);
  if (term.type === "bnode") return `_:${term.value}`;
  return typeof term.value === "string" ? term.value : JSON.stringify(term.value);
}

/** Make a table of an answer. */
export function table({ columns, rows }, vocabulary) {
  const state = { order: rows, first: 0, size: 50, column: -1, ascending: true, text: "" };
  const head = element("tr");
  const body = element("tbody");
  const where = element("span", { role: "status", className: "quiet" });
  const filter = element("input", { type: "search", placeholder: "Filter rows …", ariaLabel: "Filter rows" });
  const made = element("table", {}, [element("thead", {}, [head]), body]);
  let texts = null; // what a filter looks in, made when one is first used

  const draw = () => {
    const { order, first, size } = state;
    body.replaceChildren(...order.slice(first, first + size).map((row) => rowOf(row, vocabulary)));
    const last = Math.min(first + size, order.length);
    const of = order.length === rows.length ? number(rows.length) : `${number(order.length)} (of ${number(rows.length)})`;
    where.textContent = order.length ? `${number(first + 1)} to ${number(last)} of ${of}` : "No row has that.";
    back.forEach((each) => (each.disabled = first === 0));
    forth.forEach((each) => (each.disabled = last >= order.length));
  };
  const arrange = () => {
    let order = rows;
    if (state.text) {
      texts ??= new Map(rows.map((row) => [row, row.map((term) => textOf(term, vocabulary)).join("\t").toLowerCase()]));
      order = order.filter((row) => texts.get(row).includes(state.text));
    }
    if (state.column >= 0) order = sorted(order, state.column, state.ascending, vocabulary);
    Object.assign(state, { order, first: 0 });
    draw();
  };
  const go = (label, name, first) => {
    const made = button(label, () => {
      state.first = Math.max(0, Math.min(first(), Math.floor((state.order.length - 1) / state.size) * state.size));
      draw();
    });
    made.ariaLabel = name;
    return made;
  };
  const back = [go("«", "First page", () => 0), go("‹", "Previous page", () => state.first - state.size)];
  const forth = [go("›", "Next page", () => state.first + state.size), go("»", "Last page", () => Infinity)];

  head.append(
    ...columns.map((name, column) => {
      const sort = button(name, () => {
        state.ascending = state.column === column ? !state.ascending : true;
        state.column = column;
        [...head.cells].forEach((each) => each.removeAttribute("aria-sort"));
        cell.ariaSort = state.ascending ? "ascending" : "descending";
        arrange();
      }, "sort");
      const cell = element("th", { scope: "col" }, [sort]);
      if (numberOf(rows.find((row) => row[column])?.[column]) !== undefined) cell.className = "number";
      return cell;
    }),
  );
  filter.addEventListener("input", lazily(() => {
    state.text = filter.value.trim().toLowerCase();
    arrange();
  }, 150));
  draw();
  if (!rows.length) return element("p", {}, ["Nothing in the graph fits the query."]);
  const sizes = choice("Rows on a page", SIZES.map((each) => [each, each]), "50", (value) => {
    Object.assign(state, { size: Number(value), first: 0 });
    draw();
  });
  const long = rows.length > Number(SIZES[0]);
  return element("div", {}, [
    ...(rows.length > 1 ? [element("div", { className: "row" }, [filter])] : []),
    element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "The answer as a table" }, [made]),
    element("div", { className: "pager" }, [...(long ? [...back, ...forth] : []), where, ...(long ? [sizes] : [])]),
  ]);
}

function sorted(rows, column, ascending, vocabulary) {
  const collator = new Intl.Collator("en", { numeric: true });
  const texts = rows.length <= COLLATED ? collator.compare : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const keyed = rows.map((row) => ({ row, key: numberOf(row[column]) ?? textOf(row[column], vocabulary) }));
  const turn = ascending ? 1 : -1;
  keyed.sort((a, b) => {
    if (a.key === "" || b.key === "") return (a.key === "") - (b.key === ""); // what is not there comes last
    const numbers = typeof a.key === "number" && typeof b.key === "number";
    return turn * (numbers ? a.key - b.key : texts(String(a.key), String(b.key)));
  });
  return keyed.map(({ row }) => row);
}

function rowOf(row, vocabulary) {
  return element("tr", {}, row.map((term) => {
    const cell = element("td");
    if (!term) {
      cell.append(element("span", { className: "quiet", ariaLabel: "nothing", role: "img" }, ["–"]));
      return cell;
    }
    const text = textOf(term, vocabulary);
    const address = term.type === "uri" ? vocabulary.page(term.value) : "";
    cell.append(address ? element("a", { href: address, title: term.value }, [text]) : text);
    if (numberOf(term) !== undefined) cell.className = "number";
    const language = term["xml:lang"];
    if (language && !language.startsWith("en")) cell.lang = language;
    const note = language && language !== "en" ? language : PLAIN.test(term.datatype ?? "") ? "" : vocabulary.short(term.datatype);
    if (note) cell.append(" ", element("small", { className: "quiet" }, [note]));
    return cell;
  }));
}
