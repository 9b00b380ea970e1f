// What makes a picture better: PNG, choices that act at once, and for the large one zoom, panning, and what is
// joined to what is pointed at. The drawing is scrolled and not moved, so that keys and focus work as ever.

const figure = document.querySelector(".picture");
const form = document.querySelector("form.choices");
const frame = figure?.querySelector(".scroll");
const svg = frame?.querySelector("svg.drawing");

/** Save the drawing as an image: the SVG file is drawn on a canvas, twice as large as it is. */
async function savePng(event) {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    const source = document.querySelector("#svg").href;
    const image = new Image();
    image.src = source;
    await image.decode();
    const scale = Math.min(2, 16000 / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = new URL(source).pathname.split("/").pop().replace(/\.svg$/, ".png");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } finally {
    button.disabled = false;
  }
}

function offerPng() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tag";
  button.id = "png";
  button.textContent = "PNG";
  button.addEventListener("click", savePng);
  document.querySelector("#svg").after(button);
}

/** Zoom: buttons, the keys + - 0 in the frame, and the wheel with Ctrl, which is also a pinch on a touchpad. */
function zoomable() {
  const natural = svg.viewBox.baseVal.width;
  let scale = 1;
  const zoom = (wanted, x = frame.clientWidth / 2, y = frame.clientHeight / 2) => {
    const least = Math.min(0.25, frame.clientWidth / natural);
    const next = Math.min(4, Math.max(least, wanted));
    const [left, top] = [(frame.scrollLeft + x) / scale, (frame.scrollTop + y) / scale];
    scale = next;
    svg.style.width = `${natural * scale}px`;
    frame.scrollTo({ left: left * scale - x, top: top * scale - y, behavior: "instant" });
    svg.dataset.scale = scale.toFixed(2);
  };
  const fit = () => zoom(frame.clientWidth / natural);
  const bar = document.createElement("div");
  bar.className = "zoom";
  bar.role = "group";
  bar.ariaLabel = "Zoom";
  for (const [text, label, act] of [
    ["−", "Zoom out", () => zoom(scale / 1.3)],
    ["+", "Zoom in", () => zoom(scale * 1.3)],
    ["1:1", "1:1, the natural size", () => zoom(1)],
    ["Fit", "Fit the width", fit],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.ariaLabel = label;
    button.addEventListener("click", act);
    bar.append(button);
  }
  frame.before(bar);
  frame.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
    if (ctrlKey || metaKey) return; // these are the browser's
    if (key === "+" || key === "=") zoom(scale * 1.3);
    else if (key === "-") zoom(scale / 1.3);
    else if (key === "0") zoom(1);
  });
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return; // without it the frame scrolls
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    },
    { passive: false },
  );
}

/** Panning: the drawing is drawn along by the mouse; fingers do so anyway. */
function pannable() {
  let from = null;
  let moved = false;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return;
    from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [left, top] = [from.x - event.clientX, from.y - event.clientY];
    moved ||= Math.hypot(left - frame.scrollLeft, top - frame.scrollTop) > 4;
    if (!moved) return;
    frame.classList.add("held");
    frame.scrollTo({ left, top, behavior: "instant" });
  });
  window.addEventListener("pointerup", () => {
    from = null;
    frame.classList.remove("held");
  });
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("click", (event) => moved && event.preventDefault(), true);
}

const keyOf = (node) => decodeURIComponent(node.getAttribute("href") ?? "").split("/").pop();

/** Show what is joined by arrows to what is pointed at or has the focus. */
function joined() {
  const nodes = Map.groupBy(svg.querySelectorAll(".node"), keyOf);
  const arrows = [...svg.querySelectorAll(".arrow")];
  const light = (key, on) => {
    for (const arrow of arrows) {
      const ends = arrow.dataset.joins.split(" ");
      if (!ends.includes(key)) continue;
      arrow.classList.toggle("lit", on);
      for (const end of ends) nodes.get(end)?.forEach((node) => node.classList.toggle("lit", on));
    }
  };
  for (const [key, same] of nodes) {
    for (const node of same) {
      node.addEventListener("pointerenter", () => light(key, true));
      node.addEventListener("pointerleave", () => light(key, false));
      node.addEventListener("focus", () => light(key, true));
      node.addEventListener("blur", () => light(key, false));
    }
  }
}

const plain = (text) => text.replace(/[\s_-]+/g, "").toLowerCase();

/** Choices act at once: what does not match becomes pale, and leaves the table; what is not here is asked for. */
function instant() {
  const table = document.querySelector("#data ~ .scroll table");
  const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const nodes = Map.groupBy(svg.querySelectorAll(".node"), keyOf);
  const loaded = new FormData(form);
  const narrowed = [...loaded].some(([name, value]) => value && name !== "builds");
  const facets = [...form.querySelectorAll("select")].map((select) => ({
    select,
    column: headings.indexOf(select.dataset.column),
  }));
  const act = () => {
    const asked = new FormData(form);
    const text = plain(asked.get("q") ?? "");
    let count = 0;
    const matching = new Set();
    for (const row of rows) {
      const fits =
        plain(row.cells[0].textContent).includes(text) &&
        facets.every(({ select, column }) => {
          const shown = row.cells[column].textContent.trim();
          if (!select.value) return true;
          return select.value === "-" ? shown === "–" : shown === select.selectedOptions[0].textContent.trim();
        });
      row.hidden = !fits;
      count += fits;
      if (fits) matching.add(keyOf(row.cells[0].querySelector("a")));
    }
    for (const [key, same] of nodes) {
      for (const node of same) node.classList.toggle("off", !matching.has(key));
    }
    document.querySelector("#count").textContent = count;
    const fields = new URLSearchParams([...asked].filter(([, value]) => value)).toString();
    const ending = fields && `?${fields}`;
    history.replaceState(null, "", location.pathname + ending);
    for (const kind of ["svg", "csv"]) {
      document.querySelector(`#${kind}`).href = `${location.pathname}.${kind}${ending}`;
    }
    if (count && (text || matching.size < rows.length)) {
      const first = svg.querySelector(".node:not(.off) .mark");
      const [at, box] = [first?.getBoundingClientRect(), frame.getBoundingClientRect()];
      if (at && (at.left < box.left || at.right > box.right || at.top < box.top || at.bottom > box.bottom)) {
        frame.scrollBy({ left: at.left - box.left - 200, top: at.top - box.top - 120, behavior: "instant" });
      }
    }
  };
  form.addEventListener("input", ({ target }) => {
    if (!narrowed && target.name !== "builds") act(); // what is not on the page comes with Show
  });
  form.addEventListener("submit", (event) => {
    if (narrowed || new FormData(form).get("builds") !== loaded.get("builds")) return;
    event.preventDefault();
    act();
  });
}

if (svg) {
  offerPng();
  if (frame.classList.contains("large")) {
    zoomable();
    pannable();
    joined();
    instant();
  }
}
