"use strict";
// Sorts the overview by the column whose heading is pressed; pressed again, the other way round. Where it is long, all rows come
// as data, of which one page at a time is in the table.
const table = document.getElementById("overview");
const data = document.getElementById("rows");
const stock = data ? JSON.parse(data.textContent) : null;
let shown = stock ? stock.rows : [];
let first = 0;

// What is no number comes last, either way.
function compare(x, y, ascending) {
  const [p, q] = [Number(x), Number(y)];
  const isWord = (number, text) => text === "" || Number.isNaN(number);
  if (isWord(p, x) !== isWord(q, y)) return isWord(p, x) ? 1 : -1;
  const order = isWord(p, x) ? x.localeCompare(y) : p - q;
  return ascending ? order : -order;
}

// Of numbers alone, so that no text can be taken for markup.
function drawing(bar) {
  const [low, middle, high] = bar.map(Number);
  const zero = Number(data.dataset.zero);
  return `<svg class="bar" viewBox="0 0 140 18" aria-hidden="true"><line class="zero" x1="${zero}" x2="${zero}" y1="0" y2="18"/>` +
    `<line x1="${low}" x2="${high}" y1="9" y2="9"/><circle cx="${middle}" cy="9" r="3"/></svg>`;
}

function turn(to) {
  first = Math.max(0, Math.min(to, Math.floor(Math.max(0, shown.length - 1) / stock.size) * stock.size));
  const headings = [...table.tHead.rows[0].cells];
  const rows = shown.slice(first, first + stock.size).map(({ cells, bar }) => {
    const row = document.createElement("tr");
    cells.forEach(([, text], place) => {
      const cell = row.insertCell();
      cell.textContent = text;
      if (headings[place].classList.contains("number")) cell.className = "number";
    });
    if (headings.length > cells.length) row.insertCell().innerHTML = bar ? drawing(bar) : "";
    return row;
  });
  table.tBodies[0].replaceChildren(...rows);
  const last = Math.min(first + stock.size, shown.length);
  document.getElementById("place").textContent = shown.length ? `${first + 1} to ${last} of ${shown.length}` : "none";
}

if (stock) {
  document.querySelector(".pager").hidden = false;
  document.getElementById("back").addEventListener("click", () => turn(first - stock.size));
  document.getElementById("on").addEventListener("click", () => turn(first + stock.size));
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    shown = stock.rows.filter(({ cells }) => cells[0][1].toLowerCase().includes(wanted));
    turn(0);
  });
  turn(0);
}

for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const heading = button.closest("th");
    const column = [...heading.parentNode.children].indexOf(heading);
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentNode.children) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    }
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    if (stock) {
      stock.rows.sort((a, b) => compare(a.cells[column][0], b.cells[column][0], ascending));
      shown.sort((a, b) => compare(a.cells[column][0], b.cells[column][0], ascending));
      turn(0);
      return;
    }
    const body = heading.closest("table").tBodies[0];
    const key = (row) => row.children[column].dataset.key;
    body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b), ascending)));
  });
}
