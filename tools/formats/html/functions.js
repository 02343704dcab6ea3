/* functions.js - the table of functions, each with its source when it is opened. */
"use strict";

const functions = data.functions.filter((each) => each.lines);

/* Overloads share a name; then the signature tells them apart. */
{
  const seen = new Map();
  for (const each of functions) seen.set(each.name, (seen.get(each.name) || 0) + 1);
  for (const each of functions) {
    each.label = seen.get(each.name) > 1 && !each.thread ? each.signature : each.name;
    if (each.thread) each.label += " (thread " + each.thread + (each.followers ? " and " + each.followers + " after it" : "") + ")";
    const [line, file] = each.lines[0];
    each.place = each.files.length ? place_text(each.files[file].name, line) : "no -g";
    each.path = each.files.length ? each.files[file].name : "";
    each.searched = (each.name + "\n" + each.signature + "\n" + each.path).toLowerCase();
  }
}

const HEADS = [
  { id: "label", label: "Function" },
  { id: "calls", label: "Calls" },
  { id: "allocs", label: "Allocs" },
  { id: "bytes", label: "Bytes", is_size: true },
  { id: "peak", label: "Peak", is_size: true },
  { id: "kept", label: "Kept", is_size: true },
];
const PAGE = 50;

/* Names of functions that broke a limit. */
const broken = new Set(data.limits.filter((limit) => limit.verdict === "broken").map((limit) => limit.function));

const list = { sort: "peak", is_down: true, query: "", shown: PAGE, opened: new Set(), heat: "bytes", columns: "standard" };

/* ---- The table ---- */

function in_order() {
  const { sort, is_down } = list;
  const sign = is_down ? -1 : 1;
  const compare = (a, b) =>
    sort === "label" ? (a.label < b.label ? -1 : a.label > b.label ? 1 : 0) : (a[sort] || 0) - (b[sort] || 0);
  return functions
    .filter((each) => !list.query || each.searched.includes(list.query))
    .sort((a, b) => (sort && sign * compare(a, b)) || a.place_in_list - b.place_in_list);
}

function head_cell(head) {
  const is_sorted = list.sort === head.id;
  const order = !is_sorted ? "none" : list.is_down ? "descending" : "ascending";
  return make(
    "th." + (head.id === "label" ? "name" : "number"),
    { role: "columnheader", scope: "col", "aria-sort": order, "data-id": head.id },
    make(
      "button",
      { type: "button", onclick: () => sort_by(head) },
      head.label,
      make("span.arrow", { "aria-hidden": "true" }, is_sorted ? (list.is_down ? " ▼" : " ▲") : " ↕")
    )
  );
}

function sort_by(head) {
  list.is_down = list.sort === head.id ? !list.is_down : head.id !== "label";
  list.sort = head.id;
  draw_list();
  document.querySelector('#table th[data-id="' + head.id + '"] button').focus();
}

function number_cell(each, head, largest) {
  const value = each[head.id] || 0;
  const cell = make(
    "td.number",
    { role: "cell", "data-label": head.label, title: exact(value, head.is_size) },
    make("span", {}, number(value, head.is_size))
  );
  cell.classList.toggle("sorted", list.sort === head.id);
  if (head.is_size && largest[head.id]) cell.style.setProperty("--part", value / largest[head.id]);
  return cell;
}

function function_rows(each, largest) {
  const is_open = list.opened.has(each);
  const button = make(
    "button.opener",
    { type: "button", "aria-expanded": is_open, "aria-controls": "function-" + each.place_in_list },
    make("span.marker", { "aria-hidden": "true" }, "▸"),
    make("span", {}, each.label)
  );
  const row = make(
    "tr.function",
    { role: "row" },
    make(
      "th.name",
      { role: "rowheader", scope: "row" },
      button,
      each.kind === "scope" ? make("span.badge", {}, "scope") : null,
      broken.has(each.name) ? make("span.badge.bad", {}, "over its limit") : null,
      make("span.place", { title: each.path }, each.place)
    ),
    HEADS.slice(1).map((head) => number_cell(each, head, largest))
  );
  const detail = make("tr.detail", { role: "row", id: "function-" + each.place_in_list });
  detail.hidden = !is_open;
  if (is_open) detail.append(function_detail(each));
  row.addEventListener("click", (event) => {
    if (event.target.closest("button") !== button && getSelection().toString()) return;
    toggle(each, button, detail);
  });
  return [row, detail];
}

function toggle(each, button, detail) {
  const is_open = !list.opened.delete(each);
  if (is_open) list.opened.add(each);
  button.setAttribute("aria-expanded", is_open);
  detail.hidden = !is_open;
  detail.replaceChildren();
  if (is_open) detail.append(function_detail(each));
}

/* From elsewhere on the page: opens the function and goes there. */
function show_function(name) {
  const each = functions.find((one) => one.name === name || one.signature === name);
  if (!each) return;
  list.query = $("search").value = "";
  list.opened.add(each);
  list.shown = Math.max(list.shown, in_order().indexOf(each) + 1);
  redraw();
  const opener = document.querySelector('[aria-controls="function-' + each.place_in_list + '"]');
  opener.focus();
  opener.scrollIntoView({ block: "start" });
}

function draw_list() {
  const rows = in_order();
  const largest = {};
  for (const head of HEADS) largest[head.id] = functions.reduce((most, each) => Math.max(most, each[head.id] || 0), 0);
  const body = make("tbody", { role: "rowgroup" });
  for (const each of rows.slice(0, list.shown)) body.append(...function_rows(each, largest));
  const table = make(
    "table.functions",
    { role: "table", "aria-labelledby": "functions-title" },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, HEADS.map(head_cell))),
    body
  );
  const rest = rows.length - list.shown;
  $("table").replaceChildren(
    table,
    ...(rest > 0
      ? [
          make("p.more", {}, make("button", { type: "button", onclick: () => show_more(PAGE) }, "Show " + Math.min(rest, PAGE) + " more"),
            rest > PAGE ? make("button", { type: "button", onclick: () => show_more(rest) }, "Show all " + count(rows.length)) : null),
        ]
      : [])
  );
  const { outside } = data.meta;
  $("outside").textContent = !outside ? "" : "Outside marked functions: " + plural(outside.allocs, "allocation") + ", " + size(outside.bytes) + ", peak " + size(outside.peak) + ", kept " + size(outside.kept) + ".";
  $("found").textContent = list.query ? count(rows.length) + " of " + plural(functions.length, "function") + " match" : plural(functions.length, "function");
}

function show_more(how_many) {
  list.shown += how_many;
  draw_list();
}

/* ---- A function ---- */

function function_detail(each) {
  const cell = make("td", { role: "cell", colspan: HEADS.length });
  if (each.signature !== each.label) cell.append(make("p.signature.mono", {}, each.signature));
  if (!each.files.length)
    cell.append(make("p.note", {}, "No line numbers: compile with -g."), source_table(each, null, 0));
  each.files.forEach((file, index) => {
    if (each.lines.some((row) => row[1] === index)) cell.append(source_table(each, file, index));
  });
  cell.append(make("div.boxes", {}, per_call_box(each), callers_box(each), sizes_box(each)));
  return cell;
}

function per_call_box(each) {
  const metrics = Object.entries(each.per_call);
  const is_size = (id) => id === "bytes" || id === "peak" || id === "kept";
  const cells = (id, values) => values.map((value) => make("td.number", {}, number(is_size(id) ? Math.round(value) : +value.toFixed(1), is_size(id))));
  return make(
    "div.box",
    {},
    make("h3", {}, "Per call"),
    make(
      "table.small",
      {},
      make("thead", {}, make("tr", {}, ["", "min", "mean", "max", "first"].map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, metrics.map(([id, values]) => make("tr", {}, make("th", { scope: "row" }, id), cells(id, values))))
    )
  );
}

/* Class k holds sizes of k binary digits. */
function class_text(index) {
  return index < 2 ? index + " B" : size_in_binary(2 ** (index - 1)) + "–" + size_in_binary(2 ** index - 1);
}

function size_in_binary(bytes) {
  const unit = Object.keys(UNITS).findLast((name) => bytes + 1 >= UNITS[name]) || "B";
  return Math.round(bytes / UNITS[unit]) + " " + unit;
}

function sizes_box(each) {
  const largest = Math.max(...each.sizes);
  if (!each.sizes.length) return null;
  const rows = [];
  each.sizes.forEach((blocks, index) => {
    if (!blocks) return;
    const bar = make("td.bar", {}, make("span", {}));
    bar.firstChild.style.width = (100 * blocks) / largest + "%";
    rows.push(make("tr", {}, make("th", { scope: "row" }, class_text(index)), make("td.number", {}, count(blocks)), bar));
  });
  return make("div.box.long", { tabindex: "0", role: "region", "aria-label": "Blocks by size" }, make("h3", {}, "Blocks by size"), make("table.small", {}, make("tbody", {}, rows)));
}

function callers_box(each) {
  const callers = new Map();
  for (const context of data.contexts.list) {
    if (context[1] < 0 || context_name(context[0]) !== each.name) continue;
    const caller = data.contexts.functions[data.contexts.list[context[1]][0]];
    const key = caller[0] + "\n" + context[2];
    const entry = callers.get(key) || { name: caller[0], place: place_text(caller[1], context[2]), calls: 0 };
    entry.calls += context[3];
    callers.set(key, entry);
  }
  if (!callers.size) return null;
  const rows = [...callers.values()].sort((a, b) => b.calls - a.calls).slice(0, 8);
  return make(
    "div.box",
    {},
    make("h3", {}, "Called from"),
    make("table.small", {}, make("tbody", {}, rows.map((row) => make("tr", {},
      make("th", { scope: "row" }, make("button.link", { type: "button", onclick: () => show_function(row.name) }, row.name), " ", make("span.dim", {}, row.place)),
      make("td.number", {}, plural(row.calls, "call"))))))
  );
}

function context_name(index) {
  return data.contexts.functions[index][0];
}

/* ---- Source ---- */

const STATES = {
  missing: "source not found",
  changed: "source changed since it was compiled",
  newer: "source is newer than the program",
};

function shown_columns() {
  const allowed = { standard: ["standard"], all: ["standard", "all"] }[list.columns];
  if (data.meta.has_mappings) allowed.push("tracked");
  return data.columns
    .map((column, index) => ({ ...column, index: index + 2 }))
    .filter((column) => allowed.includes(column.shown) || column.id === list.heat);
}

/* Line by line: [number, text or null, row or null]; null where lines are left out. */
function source_lines(each, file, index) {
  const rows = new Map(each.lines.filter((row) => row[1] === index || !file).map((row) => [row[0], row]));
  const lines = [];
  for (const [first, ...texts] of file ? file.chunks : []) {
    if (lines.length) lines.push(null);
    texts.forEach((line, at) => {
      lines.push([first + at, line, rows.get(first + at) || null]);
      rows.delete(first + at);
    });
  }
  for (const row of [...rows.values()].sort((a, b) => a[0] - b[0])) lines.push([row[0], null, row]);
  return lines;
}

function source_table(each, file, index) {
  const columns = shown_columns();
  const heat = columns.find((column) => column.id === list.heat);
  const lines = source_lines(each, file, index);
  const most = each.lines.reduce((sum, row) => Math.max(sum, row[heat.index] || 0), 0);
  const remark = file && STATES[file.state];
  const table = make(
    "table.source",
    {},
    make("caption", {}, make("span.mono", {}, file ? file.name : "??"), remark ? make("span.badge.bad", {}, remark) : null),
    make("thead", {}, make("tr", {}, make("th.line", { scope: "col" }, "Line"),
      columns.map((column) => make("th.number" + (column === heat ? ".hot" : ""), { scope: "col" }, column.heading)),
      make("th.code", { scope: "col" }, "Source"))),
    make("tbody", {}, lines.map((line) => source_row(line, columns, heat, most)))
  );
  return make("div.scroll", { tabindex: "0", role: "region", "aria-label": "Source of " + each.label }, table);
}

function source_row(line, columns, heat, most) {
  if (!line) return make("tr.gap", {}, make("th.line", {}, "⋯"), make("td", { colspan: columns.length + 1 }));
  const [at, text, row] = line;
  const is_executed = row && row.length > 2;
  const element = make(
    "tr",
    {},
    make("th.line", { scope: "row" }, at || "-"),
    columns.map((column) => source_cell(column, is_executed ? row[column.index] : null, column === heat)),
    make("td.code", {}, make("code", {}, text === null ? "" : text))
  );
  if (row && !is_executed) element.classList.add("never");
  const value = is_executed && most ? row[heat.index] / most : 0;
  if (value > 0) {
    element.classList.add("warm");
    element.style.setProperty("--part", value);
  }
  return element;
}

function source_cell(column, value, is_heat) {
  const is_blank = value === null || (column.id === "occurrences" && !value);
  const cell = make("td.number", is_blank ? {} : { title: exact(value, column.is_size) }, is_blank ? "" : number(value, column.is_size));
  if (is_heat) cell.classList.add("hot");
  if (!is_blank && !value) cell.classList.add("zero");
  return cell;
}

/* ---- What was not measured ---- */

function draw_unmeasured() {
  const rest = data.functions.filter((each) => !each.lines);
  const groups = [
    ["Not executed", rest.filter((each) => !each.reason && each.selected)],
    ["Not selected", rest.filter((each) => !each.reason && !each.selected)],
    ["Left out of instrumentation", rest.filter((each) => each.reason)],
  ];
  for (const [title, members] of groups) {
    if (!members.length) continue;
    const details = make("details", {}, make("summary", {}, title + " (" + count(members.length) + ")"));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(unmeasured_list(members));
    });
    $("unmeasured").append(details);
  }
}

function unmeasured_list(members) {
  return make("ul", {}, members.map((each) => make("li", {}, make("span.mono", {}, each.signature),
    each.files.length ? make("span.dim", {}, " " + each.files[0].name + ":" + each.line) : null,
    each.reason ? ": " + each.reason : null)));
}

/* ---- Settings ---- */

function start_functions() {
  functions.forEach((each, index) => (each.place_in_list = index));
  if (data.meta.is_sorted) list.sort = null; /* by --sort */
  open_section("functions", "Functions");
  for (const id of ["bytes", "increment", "peak", "kept", "allocs", "frees", "occurrences", "at_peak", "temporary"]) {
    const column = data.columns.find((one) => one.id === id);
    $("heat").append(make("option", { value: id }, column.heading));
  }
  if (functions.length === 1) list.opened.add(functions[0]);
  const change = (id, act) => $(id).addEventListener("change", () => { act($(id).value); redraw(); });
  change("heat", (value) => (list.heat = value));
  change("columns", (value) => (list.columns = value));
  change("unit", (value) => (settings.unit = value));
  $("search").addEventListener("input", () => {
    list.query = $("search").value.trim().toLowerCase();
    list.shown = PAGE;
    redraw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
    event.preventDefault();
    $("search").focus();
  });
  draw_unmeasured();
  redraws.push(draw_list);
}
