// The list of saved queries is narrowed while typing; without this, the form does it.

const words = document.getElementById("words");
const tag = document.getElementById("tag");
const count = document.getElementById("count");
const all = !new URLSearchParams(location.search).toString(); // a list that is narrowed already lacks the others

function narrow() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  document.querySelectorAll(".topic").forEach((topic) => {
    let some = false;
    topic.querySelectorAll("li").forEach((item) => {
      const told = `${item.dataset.words} ${item.textContent}`.toLowerCase();
      item.hidden = !wanted.every((word) => told.includes(word));
      some ||= !item.hidden;
      left += item.hidden ? 0 : 1;
    });
    topic.hidden = !some;
  });
  count.textContent = left;
}

if (all) words.addEventListener("input", narrow);
tag.addEventListener("change", () => tag.form.requestSubmit());
