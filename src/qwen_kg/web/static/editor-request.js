// A query on its way: what is sent, and what is wrong when no answer comes back.

/** What a server says that is wrong (RFC 9457), or what is wrong with reaching it. */
export class Problem extends Error {
  constructor({ title, detail, status, line, column, limit, allowed }) {
    super(detail);
    Object.assign(this, { title, detail, status, line, column, limit, allowed });
  }
}

/**
 * Send a query by POST, which takes one of any length.
 *
 * Gives SPARQL JSON results, or N-Triples as text where the answer is a graph; throws a Problem, or an AbortError
 * when the signal ends it: the server sees that nobody waits, and ends the evaluation.
 */
export async function send(query, others, signal, accept = "application/sparql-results+json, application/n-triples;q=0.9") {
  let answer;
  try {
    const body = new URLSearchParams([["query", query], ...others]);
    answer = await fetch("/sparql", { method: "POST", body, headers: { Accept: accept }, signal });
    if (answer.ok) {
      const type = answer.headers.get("Content-Type") ?? "";
      return type.includes("sparql-results+json") ? await answer.json() : await answer.text();
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ title: "No answer", detail: "The server cannot be reached, or broke off. Try it again." });
  }
  throw new Problem(await told(answer));
}

async function told(answer) {
  try {
    return await answer.json();
  } catch {
    return { title: "No answer", detail: `The server answered with status ${answer.status}.`, status: answer.status };
  }
}
