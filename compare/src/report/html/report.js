// Sorts a table by the column whose heading is chosen. Everything else on this page works without script.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = table.tHead.rows[table.tHead.rows.length - 1].cells;
  const value = (row, at) => {
    const text = at === 0 ? row.dataset.sort : row.cells[at].dataset.sort;
    return text === undefined ? Infinity : Number(text);
  };
  [...heads].forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      // What is not known stays at the end, whatever the direction.
      const order = (a, b) => {
        const [x, y] = [value(a, at), value(b, at)];
        if (x === y) return 0;
        if (x === Infinity || y === Infinity) return x === Infinity ? 1 : -1;
        return up ? x - y : y - x;
      };
      body.append(...[...body.rows].sort(order));
    });
  });
}
