// Each drawing can be copied as one SVG that looks the same without this page: its styles inside, its legend below it.
const kept = "fill stroke stroke-width stroke-dasharray opacity font-family font-size font-style text-anchor".split(" ");
const copy = one => {
  const twin = one.cloneNode(true), sources = [one, ...one.querySelectorAll("*")];
  [twin, ...twin.querySelectorAll("*")].forEach((node, at) => {
    const style = getComputedStyle(sources[at]);
    node.removeAttribute("class");
    for (const name of kept) node.style.setProperty(name, style.getPropertyValue(name));
  });
  return twin;
};
const alone = figure => {
  const svg = figure.querySelector(".drawing svg"), twin = copy(svg), { width, height } = svg.viewBox.baseVal;
  const page = getComputedStyle(document.documentElement);
  let [x, y] = [8, height + 14];
  const legend = figure.querySelector(".legend") ?? figure.closest("section").querySelector(".legend");
  for (const { textContent: name, firstChild: key } of legend?.children ?? []) {
    const room = 48 + name.length * 6.5;
    if (x > 8 && x + room > width) [x, y] = [8, y + 18];
    const style = "font:12px system-ui,sans-serif;fill:" + page.color;
    twin.append(set(copy(key), { x, y: y - 10, width: 30, height: 12 }), drawn("text", { x: x + 36, y, style }, name));
    x += room;
  }
  twin.prepend(
    drawn("title", {}, figure.querySelector("h3").textContent),
    drawn("desc", {}, figure.querySelector(".command").textContent),
    drawn("rect", { width, height: y + 10, fill: page.backgroundColor }),
    ...[...document.querySelectorAll(".patterns defs")].map(copy),
  );
  return new XMLSerializer().serializeToString(set(twin, { viewBox: `0 0 ${width} ${y + 10}`, width, height: y + 10 }));
};
for (const figure of document.querySelectorAll("figure")) {
  const copies = button("Copy SVG", () => {
    const say = text => { copies.textContent = text; };
    navigator.clipboard.writeText(alone(figure)).then(() => say("Copied"), () => say("Copying failed"));
  });
  copies.className = "copy";
  figure.querySelector("h3").after(copies);
}
