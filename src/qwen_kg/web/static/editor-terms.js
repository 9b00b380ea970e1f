// What the dataset says of itself to the editor: prefixes, classes, properties and words, and entities by name.

const CUT = /[#/]/g;
const LOCAL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?$/u;
const fold = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Read the terms of the dataset, in the background: the editor works without until they are there. */
export function loadTerms() {
  const vocabulary = new Vocabulary();
  vocabulary.ready = vocabulary.load();
  return vocabulary;
}

class Vocabulary {
  base = "";
  prefixes = {};
  #namespaces = new Map();
  #terms = [];
  #asked = null;

  async load() {
    try {
      const answer = await fetch("/sparql/terms.json");
      if (!answer.ok) return;
      const { base, prefixes, terms } = await answer.json();
      Object.assign(this, { base, prefixes });
      this.#namespaces = new Map(Object.entries(prefixes).map(([prefix, iri]) => [iri, prefix]));
      this.#terms = terms.map((term) => {
        const short = this.short(term.iri);
        const local = short.slice(short.indexOf(":") + 1);
        return { ...term, short, keys: [fold(local), fold(term.label ?? "")] };
      });
    } catch {
      // The editor works without completions.
    }
  }

  /** Write an IRI with a prefix, where one fits: the one of the longest namespace. */
  short(iri) {
    for (const { index } of [...iri.matchAll(CUT)].reverse()) {
      const prefix = this.#namespaces.get(iri.slice(0, index + 1));
      if (prefix && iri.length > index + 1) return `${prefix}:${iri.slice(index + 1)}`;
    }
    return iri;
  }

  /** Write an IRI as a query takes it. */
  written(iri) {
    const short = this.short(iri);
    return short !== iri && LOCAL.test(short.slice(short.indexOf(":") + 1)) ? short : `<${iri}>`;
  }

  /** Give the address of a page for an IRI: here for our own, nothing for what is no web address. */
  page(iri) {
    if (this.base && iri.startsWith(this.base)) return `/${iri.slice(this.base.length)}`;
    return /^https?:\/\//.test(iri) ? iri : "";
  }

  /** Find terms of some kinds by name or label, the best first; with a namespace, only those in it. */
  find(text, kinds, namespace = "") {
    const wanted = fold(text);
    const found = [];
    for (const term of this.#terms) {
      if (!kinds.includes(term.kind) || !term.iri.startsWith(namespace)) continue;
      const rank = Math.min(...term.keys.map((key, index) => rankOf(key, wanted, index)));
      if (rank < Infinity) found.push({ ...term, rank });
    }
    return found.sort((a, b) => a.rank - b.rank || b.uses - a.uses || a.short.localeCompare(b.short));
  }

  /** Find entities by any of their names, as the search of the pages does; later questions end earlier ones. */
  async entities(text, namespace = "") {
    this.#asked?.abort();
    if (!text) return [];
    this.#asked = new AbortController();
    try {
      const fields = new URLSearchParams({ q: text, limit: "15", format: "json" });
      const answer = await fetch(`/search?${fields}`, { signal: this.#asked.signal });
      const { results } = answer.ok ? await answer.json() : { results: [] };
      const own = new Set(this.#terms.map((term) => term.iri));
      return results.filter(({ iri }) => iri.startsWith(namespace) && !own.has(iri));
    } catch {
      return [];
    }
  }
}

function rankOf(key, wanted, index) {
  if (key.startsWith(wanted)) return key === wanted ? index : 2 + index;
  return wanted.length > 2 && key.includes(wanted) ? 4 + index : Infinity;
}
