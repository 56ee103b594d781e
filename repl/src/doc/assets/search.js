// Finds items by parts of their names. Without this script the pages are complete, only the field is missing.
"use strict";
(() => {
  const nav = document.querySelector("nav");
  const list = document.createElement("ul");
  const field = document.createElement("input");
  field.id = "search";
  field.type = "search";
  field.placeholder = "Search (press /)";
  field.setAttribute("aria-label", "Search");
  nav.prepend(field, list);
  const score = (name, words) => {
    let sum = 0;
    for (const word of words) {
      const at = name.indexOf(word);
      if (at < 0) return -1;
      sum += at + (name.length - word.length) / 100;
    }
    return sum;
  };
  field.addEventListener("input", () => {
    list.textContent = "";
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return;
    const found = [];
    for (const [name, address, text] of INDEX) {
      const rank = score(name.toLowerCase(), words);
      if (rank >= 0) found.push([rank, name, address, text]);
    }
    found.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
    for (const [, name, address, text] of found.slice(0, 30)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = address;
      link.textContent = name;
      link.title = text;
      item.append(link);
      list.append(item);
    }
  });
  field.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (event.key === "Enter" && first) location.href = first.href;
    if (event.key === "Escape") { field.value = ""; list.textContent = ""; }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
  });
})();
