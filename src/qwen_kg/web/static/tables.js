// Tables that people can sort: a click on a heading, or Enter on it, sorts by its column; a second one turns it.

const NUMBER = /^-?[\d,]+(\.\d+)?$/;

/** Give what a cell is sorted by: a number where it shows one, else its text; nothing where it shows nothing. */
function key(cell) {
  const text = cell.dataset.value ?? cell.textContent.trim();
  if (text === "" || text === "–") return null;
  return NUMBER.test(text) ? Number(text.replaceAll(",", "")) : text;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** Sort the rows of a table by a column; rows without a value come last either way. */
function sort(table, column, ascending) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: key(row.cells[column]) }));
  rows.sort((a, b) => {
    if (a.value === null || b.value === null) return (a.value === null) - (b.value === null);
    return ascending ? compare(a.value, b.value) : compare(b.value, a.value);
  });
  body.append(...rows.map(({ row }) => row));
}

/** Make the headings of a table buttons that sort it. */
export function sortable(table) {
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const ascending = heading.ariaSort !== "ascending";
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.ariaSort = ascending ? "ascending" : "descending";
      sort(table, column, ascending);
    });
  });
}
