// A query for elsewhere: its address, a command, and lines of Python; and an answer as a file.

import { button, element } from "./editor-parts.js";

const LONGEST = 16_000; // characters of an address that everything between here and the server takes

const address = (query, others, format) =>
  `${location.origin}/sparql?${new URLSearchParams([["query", query], ...others, ...(format ? [["format", format]] : [])])}`;

/** Make a link to an answer as a file; a query that is too long for an address is sent. */
export function download(query, others, format) {
  const link = element("a", { className: "tag", href: address(query, others, format), download: `answer.${EXTENSIONS[format] ?? format}` }, [format]);
  link.addEventListener("click", async (event) => {
    if (link.href.length <= LONGEST || link.protocol === "blob:") return;
    event.preventDefault();
    const body = new URLSearchParams([["query", query], ["format", format], ...others]);
    const answer = await fetch("/sparql", { method: "POST", body });
    if (!answer.ok) return;
    link.href = URL.createObjectURL(await answer.blob());
    link.click();
  });
  return link;
}

const EXTENSIONS = { turtle: "ttl", ntriples: "nt", rdfxml: "rdf" };

const SNIPPETS = {
  Link: (query, others) => address(query, others),
  curl: (query, others) => {
    const fields = others.map((each) => ` \\\n  --data-urlencode '${each.join("=").replaceAll("'", "'\\''")}'`).join("");
    return `curl ${location.origin}/sparql -H 'Accept: text/csv'${fields} --data-urlencode query@- <<'SPARQL'\n${query}\nSPARQL`;
  },
  Python: (query, others) =>
    `from json import load
from urllib.parse import urlencode
from urllib.request import Request, urlopen

query = ${quoted(query)}
fields = [("query", query)${others.map(([name, value]) => `, (${JSON.stringify(name)}, ${JSON.stringify(value)})`).join("")}]
request = Request("${location.origin}/sparql", urlencode(fields).encode(),
                  {"Accept": "application/sparql-results+json"})
for row in load(urlopen(request))["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})`,
  qwen_kg: (query) =>
    `import qwen_kg

kg = qwen_kg.open("${location.origin}/sparql")  # or qwen_kg.open(), without a server
for row in kg.query(${quoted(query)}).rows():
    print(row)`,
};

/** Write a text of several lines in Python. */
const quoted = (text) => `"""\n${text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"')}\n"""`;

/** Make the part with the link and the snippets; `query` gives the query when it is opened. */
export function elsewhere(query, others) {
  const place = element("div");
  const details = element("details", { className: "elsewhere" }, [element("summary", {}, ["Link, curl and Python for this query"]), place]);
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    place.replaceChildren(
      ...Object.entries(SNIPPETS).map(([name, write]) => {
        const text = element("pre", { className: name === "Link" ? "" : "scroll", tabIndex: 0, ariaLabel: name, role: "region" }, [write(query(), others)]);
        const copy = button("Copy", () => copied(text, copy), "plain");
        copy.ariaLabel = `Copy ${name}`;
        return element("section", {}, [element("div", { className: "row" }, [element("h3", {}, [name]), copy]), text]);
      }),
    );
  });
  return details;
}

async function copied(text, told) {
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch {
    getSelection().selectAllChildren(text); // without HTTPS there is no clipboard but the old one
    if (!document.execCommand("copy")) return;
  }
  told.textContent = "Copied";
  setTimeout(() => (told.textContent = "Copy"), 2000);
}
