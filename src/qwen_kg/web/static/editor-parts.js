// Small parts that the editor is made of.

/** Make an element with properties and children; class names and ARIA are properties too. */
export function element(name, properties = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Make an element of a drawing. */
export function drawn(name, attributes = {}, children = []) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Make a button that does something. */
export function button(label, act, className = "") {
  const made = element("button", { type: "button", className }, [label]);
  made.addEventListener("click", act);
  return made;
}

let choices = 0;

/** Make a choice with a label; `options` are pairs of value and text. */
export function choice(label, options, value, change) {
  const made = element("select", { id: `choice-${++choices}` });
  made.append(...options.map(([each, text]) => new Option(text, each, each === value, each === value)));
  made.addEventListener("change", () => change(made.value));
  return element("span", { className: "choice" }, [element("label", { htmlFor: made.id }, [label]), " ", made]);
}

/** Wait until nothing has been called for for a while. */
export function lazily(act, milliseconds) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), milliseconds);
  };
}

/** Write a count. */
export const number = (value) => value.toLocaleString("en");

/** Write a count with its noun. */
export const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
