// Sorts a table by the column whose heading is chosen. What else stands here, the other scripts use, too.
"use strict";
const button = (text, act) => {
  const one = document.createElement("button");
  one.type = "button";
  one.append(text);
  one.addEventListener("click", () => act(one));
  return one;
};
const set = (one, attributes) => {
  for (const name in attributes) one.setAttribute(name, attributes[name]);
  return one;
};
const drawn = (name, attributes, text = "") => {
  const one = document.createElementNS(document.querySelector("svg").namespaceURI, name);
  one.textContent = text;
  return set(one, attributes);
};
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const value = (row, at) => Number((at ? row.cells[at] : row).dataset.sort ?? Infinity);
  heads.forEach((head, at) => head.replaceChildren(button(head.textContent, () => {
    const up = head.ariaSort !== "ascending";
    for (const other of heads) other.ariaSort = null;
    head.ariaSort = up ? "ascending" : "descending";
    // What is not known stays at the end, whatever the direction.
    const order = (a, b) => {
      const [x, y] = [value(a, at), value(b, at)];
      return x === y ? 0 : up || x === Infinity || y === Infinity ? x - y : y - x;
    };
    body.append(...[...body.rows].sort(order));
  })));
}
