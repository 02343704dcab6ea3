/* report.js - the head of the page, limits, tests and what is known of the run;
 * then starts it all. */
"use strict";

/* ---- The head ---- */

function ending() {
  const { end, status, merged } = data.meta;
  if (merged) return null;
  if (end === "exit") return make("li." + (status ? "bad" : "good"), {}, "exit status " + status);
  if (end === "signal") return make("li.bad", {}, "ended by signal " + status);
  return make("li.bad", {}, "killed, or still running");
}

function draw_head() {
  const { meta } = data;
  const name = base_name(meta.program) || base_name((meta.command || "").split(" ")[0]) || "Report";
  document.title = visible(name) + " – MemProf";
  $("title").textContent = visible(name);
  $("command").textContent = visible((!meta.merged && meta.command) || "");
  append($("facts"), [
    ending(),
    meta.merged ? make("li", {}, plural(meta.merged, "profile") + " added up") : null,
    meta.host ? make("li", {}, meta.host) : null,
    meta.pid ? make("li", {}, "process " + meta.pid) : null,
    meta.started && meta.started !== "unknown" ? make("li", {}, meta.started.replace("T", " ").replace("Z", " UTC")) : null,
    meta.elapsed_ns ? make("li", {}, duration(meta.elapsed_ns)) : null,
  ]);
}

function draw_summary() {
  const { measures, list: contexts } = data.contexts;
  const total = (id) => contexts.reduce((sum, context) => sum + context[OWN + measures.indexOf(id)], 0);
  const over = data.limits.filter((limit) => limit.verdict === "broken").length;
  const tile = (label, value, title, kind) => make("div" + (kind ? "." + kind : ""), { title }, make("dt", {}, label), make("dd", {}, value));
  const tiles = [tile("Process peak", size(data.meta.peak), exact(data.meta.peak, true))];
  if (contexts.length)
    tiles.push(
      tile("Allocated", size(total("bytes")), exact(total("bytes"), true)),
      tile("Allocations", count(total("allocs"))),
      tile("Kept", size(total("kept")), exact(total("kept"), true))
    );
  tiles.push(tile("Functions", count(functions.length)));
  if (data.limits.length)
    tiles.push(tile("Limits", over ? make("a", { href: "#limits" }, count(over) + " of " + count(data.limits.length) + " broken") : "no broken one", null, over ? "bad" : "good"));
  $("summary").replaceChildren(...tiles);
}

/* ---- What the numbers lack ---- */

const LOSSES = {
  unseen_releases: "releases were not seen: memory came back without passing us",
  dropped_frames: "calls were not measured: no room for a frame",
  dropped_events: "events were not charged: their call went on in another thread, or had no frame",
  dropped_contexts: "calling contexts were folded: the callers' lines lack what happened there",
  dropped_lines: "events are missing from the lines: no room for a counter",
  dropped_threads: "threads were not measured: no room",
  dropped_functions: "marked functions were not registered: no room, or compiled by another version of the pass",
};

function draw_notes() {
  const note = (text) => $("notes").append(make("p.note.bad", {}, text));
  if (data.meta.cut_off) note("The profile is cut off; this is the part of it that is whole.");
  for (const [id, text] of Object.entries(LOSSES)) if (data.meta[id]) note(count(data.meta[id]) + " " + text + ".");
  if (data.meta.left_out) note("The report was asked to leave out " + plural(data.meta.left_out, "function") + " (--top).");
  if (!functions.length) note("Nothing was measured: no marked function was called.");
}

/* ---- Limits ---- */

/* A phone shows rows as cards, with the headings in their cells: so that it stays
 * a table, all of it says what it is. */
function simple_table(label, heads, rows) {
  for (const row of rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, at) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      cell.setAttribute("data-label", heads[at]);
    });
  }
  const head_cells = heads.map((head, at) => make(heads.length - at < 6 && label === "Tests" ? "th.number" : "th", { role: "columnheader", scope: "col" }, head));
  return make(
    "table.plain",
    { role: "table", "aria-label": label },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, head_cells)),
    make("tbody", { role: "rowgroup" }, rows)
  );
}

function limit_text(limit) {
  const show = (value) => number(value, limit.is_size, limit.ceiling || limit.floor);
  if (limit.ceiling === null) return "at least " + show(limit.floor);
  return limit.floor ? show(limit.floor) + " to " + show(limit.ceiling) : "at most " + show(limit.ceiling);
}

function limit_row(limit) {
  const kind = { held: "good", broken: "bad", unchecked: "dim" }[limit.verdict];
  const used = limit.ceiling ? limit.worst / limit.ceiling : 0;
  const bar = make("span.used", { "aria-hidden": "true" }, make("span." + kind));
  bar.firstChild.style.width = Math.min(100, 100 * used) + "%";
  return make(
    "tr",
    {},
    make("td", {}, make("span.badge." + kind, {}, limit.verdict)),
    make("th", { scope: "row" }, limit.function ? make("button.link", { type: "button", onclick: () => show_function(limit.function) }, limit.function) : "the process"),
    make("td", {}, limit.metric || "unknown"),
    make("td.number", {}, limit_text(limit)),
    make("td.number", { title: exact(limit.worst, limit.is_size) }, limit.checks ? number(limit.worst, limit.is_size, limit.ceiling || limit.floor) + (limit.ceiling ? " (" + percent(limit.worst, limit.ceiling) + ")" : "") : "", limit.ceiling ? bar : null),
    make("td", {}, limit.violations ? count(limit.violations) + " of " + plural(limit.checks, "check") : plural(limit.checks, "check"),
      limit.worst_call ? make("span.place", {}, "worst: call " + count(limit.worst_call)) : null,
      limit.test ? make("span.place", {}, "in " + limit.test) : null),
    make("td", {}, limit.where || "", make("span.place", {}, limit.origin || ""))
  );
}

function draw_limits() {
  const sorted = [...data.limits].sort((a, b) => (b.verdict === "broken") - (a.verdict === "broken"));
  $("limit-table").replaceChildren(
    simple_table("Limits", ["Verdict", "Function", "Metric", "Allowed", "Worst", "Checked", "Set by"], sorted.map(limit_row))
  );
}

/* ---- Tests ---- */

function test_row([test, name, ...values]) {
  const over = name ? 0 : data.limits.filter((limit) => limit.test === test && limit.verdict === "broken").length;
  return make(
    name ? "tr.member" : "tr.test",
    {},
    make("th", { scope: "row" }, name ? make("button.link", { type: "button", onclick: () => show_function(name) }, name) : test,
      over ? make("span.badge.bad", {}, plural(over, "limit") + " broken") : null),
    values.map((value, at) => make("td.number", { title: exact(value, at > 1) }, number(value, at > 1)))
  );
}

function draw_tests() {
  $("test-table").replaceChildren(
    simple_table("Tests", ["Test, and functions in it", "Calls", "Allocs", "Bytes", "Peak", "Kept"], data.tests.map(test_row))
  );
}

/* ---- About ---- */

function draw_about() {
  const { meta } = data;
  const fact = (label, text) => (text === null || text === undefined || text === "" ? [] : [make("dt", {}, label), make("dd.mono", {}, text)]);
  append($("meta"), [
    fact("Profile", meta.profile),
    meta.merged ? [] : fact("Command", meta.command), /* of a sum: of one part only */
    fact("Program", meta.program),
    fact("Host", meta.host),
    fact("Parent process", meta.parent || null),
    fact("Counted", meta.scope === "process" ? "the whole process" : "under marked functions"),
    fact("Allocator", meta.allocator),
    fact("Runtime", meta.runtime),
    meta.parts.flatMap((part, at) => fact("Part " + (at + 1), part)),
    meta.units.slice(0, 200).flatMap((unit) => fact("Compiled", [unit.source, unit.compiler, unit.level && "-" + unit.level, unit.revision && "revision " + unit.revision].filter(Boolean).join(", "))),
    meta.units.length > 200 ? fact("Compiled", "and " + count(meta.units.length - 200) + " more units") : [],
  ].flat());
}

/* ---- Start ---- */

{
  draw_head();
  draw_notes();
  start_functions();
  start_flame();
  start_time();
  redraws.push(draw_summary);
  if (data.limits.length) {
    open_section("limits", "Limits");
    redraws.push(draw_limits);
  }
  if (data.tests.length) {
    open_section("tests", "Tests");
    redraws.push(draw_tests);
  }
  open_section("about", "About");
  draw_about();
  redraw();
}
