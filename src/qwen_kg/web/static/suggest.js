// Suggestions while typing: an input with data-suggest="/search" becomes a combobox (WAI-ARIA APG).
// data-class narrows it to one class. With data-go, choosing one opens its page instead of filling the input.

const WAIT = 120; // milliseconds without a key before the server is asked

let made = 0;

/** Make an input offer what the server finds for what was typed so far. */
export function suggest(input) {
  const list = document.createElement("ul");
  list.id = `suggestions-${++made}`;
  list.className = "suggestions";
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.hidden = true;
  const around = document.createElement("div");
  around.className = "suggesting";
  input.replaceWith(around);
  around.append(input, list);
  input.role = "combobox";
  input.autocomplete = "off";
  input.ariaAutoComplete = "list";
  input.setAttribute("aria-controls", list.id);
  input.ariaExpanded = "false";

  let selected = -1;
  let asked = null;
  let timer = 0;

  const close = () => {
    list.hidden = true;
    selected = -1;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
  };
  const select = (index) => {
    const options = [...list.children];
    options.forEach((option) => (option.ariaSelected = "false"));
    selected = (index + options.length) % options.length;
    const option = options[selected];
    option.ariaSelected = "true";
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };
  const choose = (option) => {
    if ("go" in input.dataset) {
      location.assign(option.dataset.page);
      return;
    }
    input.value = option.dataset.label;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (found) => {
    list.replaceChildren(
      ...found.map(({ label, kind, page }, index) => {
        const option = document.createElement("li");
        const small = document.createElement("small");
        small.textContent = kind;
        option.append(label, small);
        option.id = `${list.id}-${index}`;
        option.role = "option";
        option.ariaSelected = "false";
        Object.assign(option.dataset, { label, page });
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault(); // the input keeps the focus
          choose(option);
        });
        return option;
      }),
    );
    selected = -1;
    list.hidden = found.length === 0;
    input.ariaExpanded = String(!list.hidden);
  };
  const ask = async () => {
    asked?.abort();
    const text = input.value.trim();
    if (!text) return close();
    asked = new AbortController();
    const fields = new URLSearchParams({ q: text, limit: "8", format: "json" });
    if (input.dataset.class) fields.set("class", input.dataset.class);
    try {
      const answer = await fetch(`${input.dataset.suggest}?${fields}`, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") close(); // the form works without suggestions
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") select(selected + 1);
    else if (event.key === "ArrowUp") select(selected < 0 ? -1 : selected - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && selected >= 0) choose(list.children[selected]);
    else return;
    event.preventDefault();
  });
}
