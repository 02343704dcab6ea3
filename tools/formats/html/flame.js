/* flame.js - calling contexts as a flame graph that hangs from its root: each
 * function below its caller, as wide as what it and its callees took. A line that
 * allocated hangs below its function. */
"use strict";

const MEASURES = {
  bytes: { label: "bytes allocated", said: "allocated", is_size: true },
  allocs: { label: "allocations", said: "allocations", is_size: false },
  kept: { label: "bytes kept", said: "kept", is_size: true },
  at_peak: { label: "live at the process's peak", said: "live at the process's peak", is_size: true },
};
const NARROWEST = 3; /* pixels: what is below is not drawn */
const LEVEL = 26; /* pixels */
const DEEPEST = 150; /* levels below the one that was zoomed to */

const flame = { measure: 0, tree: null, zoom: null, focus: null, frames: new Map() };

/* ---- The tree ---- */

/* The fields of a context: see page_contexts.c. */
const FUNCTION = 0, PARENT = 1, LINE = 2, CALLS = 3, OWN = 4;

function build_tree() {
  const { list, functions: names, measures } = data.contexts;
  const root = { label: "all", place: "", total: 0, children: [], parent: null, calls: 0 };
  const nodes = list.map((context) => ({
    label: names[context[FUNCTION]][0],
    file: base_name(names[context[FUNCTION]][1]),
    call_line: context[LINE],
    calls: context[CALLS],
    total: context[OWN + flame.measure],
    children: [],
  }));
  for (let i = list.length - 1; i >= 0; i--) {
    const node = nodes[i];
    node.parent = list[i][PARENT] < 0 ? root : nodes[list[i][PARENT]];
    node.place = list[i][PARENT] < 0 ? "" : node.call_line ? place_text(node.parent.file, node.call_line) : node.parent.label;
    node.parent.total += node.total;
    if (node.total) node.parent.children.push(node);
    for (const line of list[i].slice(OWN + measures.length))
      if (line[1 + flame.measure])
        node.children.push({ label: place_text(node.file, line[0]), place: "", total: line[1 + flame.measure], children: [], parent: node, is_line: true });
  }
  return root;
}

/* ---- Drawing ---- */

/* A colour that stays with its name: reds to yellows. */
function hue(name) {
  let hash = 7;
  for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) >>> 0;
  return 8 + (hash % 46);
}

function describe(node) {
  const { said, is_size } = MEASURES[data.contexts.measures[flame.measure]];
  return node.label + (node.place ? ", called from " + node.place : "") + ": " + number(node.total, is_size) + " " +
    said + ", " + percent(node.total, flame.tree.total) + " of all" + (node.calls ? ", " + plural(node.calls, "call") : "");
}

function frame(node, depth, left, width) {
  const button = make("button.frame", { type: "button", tabindex: "-1", "aria-label": describe(node) }, node.label);
  button.style.left = 100 * left + "%";
  button.style.width = 100 * width + "%";
  button.style.top = depth * LEVEL + "px";
  button.style.setProperty("--hue", hue(node.label));
  button.classList.toggle("line", !!node.is_line);
  button.classList.toggle("root", !node.parent);
  button.classList.toggle("above", is_above(node, flame.zoom));
  button.classList.toggle("match", !!list.query && node.label.toLowerCase().includes(list.query));
  button.addEventListener("click", () => zoom_to(node));
  button.addEventListener("mouseenter", () => tell(node));
  button.addEventListener("focus", () => {
    flame.focus = node;
    tell(node);
  });
  flame.frames.set(node, button);
  return button;
}

function is_above(node, other) {
  for (other = other.parent; other; other = other.parent) if (other === node) return true;
  return false;
}

function tell(node) {
  $("frame").textContent = visible(describe(node));
}

/* The children side by side, the widest first; says how deep it went. */
function draw_below(node, depth, left, width, out) {
  let deepest = depth;
  const narrow = NARROWEST / out.pixels;
  for (const child of node.children.sort((a, b) => b.total - a.total)) {
    const part = (width * child.total) / node.total;
    if (part < narrow || depth >= out.floor) {
      out.hidden++;
      continue;
    }
    out.frames.push(frame(child, depth + 1, left, part));
    deepest = Math.max(deepest, draw_below(child, depth + 1, left, part, out));
    left += part;
  }
  return deepest;
}

function draw_flame() {
  const place = $("flame");
  flame.frames.clear();
  const out = { frames: [], hidden: 0, pixels: place.clientWidth || 300 };
  const path = [];
  for (let node = flame.zoom; node; node = node.parent) path.unshift(node);
  out.floor = path.length + DEEPEST;
  path.forEach((node, depth) => out.frames.push(frame(node, depth, 0, 1)));
  const deepest = flame.zoom.total ? draw_below(flame.zoom, path.length - 1, 0, 1, out) : 0;
  place.style.height = (deepest + 1) * LEVEL + "px";
  place.classList.toggle("searched", !!list.query);
  place.replaceChildren(...out.frames);
  if (!flame.frames.has(flame.focus)) flame.focus = flame.zoom;
  flame.frames.get(flame.focus).tabIndex = 0;
  $("reset").disabled = !flame.zoom.parent;
  tell(flame.zoom);
  if (out.hidden) $("frame").append(" (" + plural(out.hidden, "frame") + " too narrow or too deep to draw)");
}

function zoom_to(node) {
  if (node.is_line) node = node.parent;
  flame.zoom = flame.focus = node;
  draw_flame();
  flame.frames.get(node).focus({ preventScroll: true });
}

/* ---- By keyboard ---- */

function neighbour(node, key) {
  const drawn = (one) => one && flame.frames.has(one);
  if (key === "ArrowUp") return node.parent;
  if (key === "ArrowDown") return node.children.find(drawn);
  if (key === "Home") return flame.tree;
  const siblings = node.parent ? node.parent.children.filter(drawn) : [];
  return siblings[siblings.indexOf(node) + (key === "ArrowRight" ? 1 : -1)];
}

function move(event) {
  if (event.key === "Escape" && flame.zoom.parent) return zoom_to(flame.zoom.parent);
  if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home"].includes(event.key)) return;
  event.preventDefault();
  const to = neighbour(flame.focus, event.key);
  if (!flame.frames.has(to)) return;
  flame.frames.get(flame.focus).tabIndex = -1;
  flame.frames.get(to).tabIndex = 0;
  flame.frames.get(to).focus();
}

function restart_flame() {
  flame.tree = flame.zoom = flame.focus = build_tree();
  draw_flame();
}

function start_flame() {
  const { measures, list: contexts } = data.contexts;
  const total = (index) => contexts.reduce((sum, context) => sum + context[OWN + index], 0);
  const filled = measures.map((id, index) => index).filter(total);
  if (!filled.length) return;
  open_section("contexts", "Contexts");
  for (const index of filled) $("measure").append(make("option", { value: index }, MEASURES[measures[index]].label));
  flame.measure = filled[0];
  $("flame").setAttribute("aria-label", "Flame graph. Arrow keys move between frames, Enter zooms in, Escape zooms out.");
  $("flame").addEventListener("keydown", move);
  $("measure").addEventListener("change", () => {
    flame.measure = +$("measure").value;
    restart_flame();
  });
  $("reset").addEventListener("click", () => zoom_to(flame.tree));
  flame.tree = flame.zoom = flame.focus = build_tree();
  redraws.push(draw_flame);
  let width = $("flame").clientWidth;
  new ResizeObserver(() => {
    if ($("flame").clientWidth === width) return;
    width = $("flame").clientWidth;
    draw_flame();
  }).observe($("flame"));
}
