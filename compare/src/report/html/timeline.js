// The timelines: all blocks show the same stretch of time, and a request that is pointed at is lit on every lane.
const section = document.getElementById("timeline");
if (section) {
  const end = Number(section.dataset.end), wait = Number(section.dataset.wait);
  const { x: { baseVal: { value: left } }, width: { baseVal: { value: width } } } = section.querySelector(".plot");
  const times = one => one.dataset.t.split(" ").map(Number);
  const blocks = [];
  let from = 0, to = end, inWaits = false;
  const place = time => Math.min(width + 9, Math.max(-9, (time - from) / (to - from) * width));

  const ticks = group => {
    const unit = inWaits ? wait : 1, rough = (to - from) / unit / 5, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find(n => n * power >= rough) * power;
    const [by, name] = inWaits ? [wait, "W"] : [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]].find(([by]) => to >= by);
    const line = group.querySelector("line"), text = group.querySelector("text");
    group.replaceChildren();
    for (let n = Math.ceil(from / unit / step); n * step * unit <= to; n++) {
      const at = n * step * unit, x = left + place(at), mark = set(text.cloneNode(), { x });
      mark.textContent = Number((at / by).toPrecision(9)) + " " + name;
      group.append(set(line.cloneNode(), { x1: x, x2: x }), mark);
    }
  };
  const show = (start, length) => {
    length = Math.min(end, Math.max(1000, length));
    from = Math.min(end - length, Math.max(0, start));
    to = from + length;
    for (const one of section.querySelectorAll("[data-t]")) {
      const [at, until] = times(one), x = place(at);
      set(one, one.matches("rect") ? { x, width: Math.max(1.5, place(until) - x) } : { transform: `translate(${x})` });
    }
    for (const one of section.querySelectorAll("[data-p]")) {
      const steps = one.dataset.p.split(" ").map((n, at) => at % 2 ? "V" + n : "H" + place(n));
      set(one, { d: "M-9 " + steps[1].slice(1) + steps.join("") + "H9999" });
    }
    section.querySelectorAll(".ticks").forEach(ticks);
    for (const join of blocks) join();
  };
  const zoom = (by, at = (from + to) / 2) => show(at - (at - from) * by, (to - from) * by);
  const all = () => show(0, end);

  for (const figure of section.querySelectorAll("figure")) {
    const svg = figure.querySelector(".drawing svg"), rows = [...svg.querySelectorAll(".request")];
    const rowOf = id => rows.find(row => row.dataset.q === id);
    const of = event => event.target.closest("[data-q]")?.dataset.q;
    let pinned, lit, moved;
    // From each of the request's slices on the threads' lanes down to its row.
    const join = () => {
      const row = rowOf(lit);
      const slices = row ? svg.querySelectorAll(`:not(.request)[data-q="${lit}"]`) : [];
      const lines = [...slices].map(one => {
        const [at, until = at] = times(one);
        return `M${(place(at) + place(until)) / 2} ${one.getBBox().y}V${row.getBBox().y}`;
      });
      set(svg.querySelector(".link"), { d: lines.join("") });
    };
    const light = id => {
      lit = id;
      svg.classList.toggle("lit", id !== undefined);
      for (const one of figure.querySelectorAll("[data-q]")) one.classList.toggle("on", one.dataset.q === id);
      join();
      const name = rowOf(id)?.ariaLabel.replace(/[:,] /g, "\n") ?? "";
      figure.querySelector(".box").textContent = name + (id && pinned ? "\npinned" : "");
    };
    const pin = id => {
      pinned = id === pinned ? undefined : id;
      for (const row of rows) row.ariaPressed = row.dataset.q === pinned;
      light(id);
    };
    figure.onpointerover = event => { if (!pinned) light(of(event)); };
    figure.onpointerleave = () => light(pinned);
    figure.addEventListener("focusin", event => light(of(event) ?? pinned));
    figure.addEventListener("focusout", () => light(pinned));
    figure.onclick = event => { if (of(event) && !moved) pin(of(event)); };
    figure.onkeydown = event => {
      const at = rows.indexOf(event.target), { key } = event;
      const next = rows[at + { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key]];
      if (at >= 0 && next) {
        rows[at].tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      } else if (at >= 0 && (key === "Enter" || key === " ")) pin(of(event));
      else if (key === "Escape" && pinned) {
        pin(pinned);
        light();
      } else return;
      event.preventDefault();
    };
    const timeAt = ({ clientX }) => {
      const shown = svg.getBoundingClientRect(), x = (clientX - shown.left) / shown.width * svg.viewBox.baseVal.width;
      return from + (x - left) / width * (to - from);
    };
    svg.onwheel = event => {
      // Over what is shown whole already, it goes on to scroll the page.
      if (event.deltaY > 0 && to - from >= end) return;
      event.preventDefault();
      zoom(1.002 ** event.deltaY, timeAt(event));
    };
    svg.onpointerdown = event => {
      moved = false;
      // A finger scrolls the page; there are buttons for it.
      if (event.pointerType === "touch" || event.button) return;
      const held = timeAt(event);
      window.onpointermove = now => {
        moved ||= Math.abs(now.clientX - event.clientX) > 3;
        if (moved) show(from + held - timeAt(now), to - from);
      };
      window.onpointerup = () => { window.onpointermove = null; };
    };
    light();
    blocks.push(join);
  }

  const pan = part => show(from + part * (to - from), to - from);
  section.querySelector(".tools").prepend(
    button("zoom in", () => zoom(0.5)),
    button("out", () => zoom(2)),
    button("earlier", () => pan(-0.5)),
    button("later", () => pan(0.5)),
    button("all (f)", all),
    button("axis in W", one => {
      inWaits = !inWaits && wait > 0;
      one.textContent = inWaits ? "axis in ms" : "axis in W";
      pan(0);
    }),
  );
  addEventListener("keydown", event => {
    if (event.key === "f" && !event.ctrlKey && !event.metaKey) all();
  });
}
