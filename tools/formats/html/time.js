/* time.js - the samples of each process as curves, and below them the calls that
 * were recorded. */
"use strict";

/* The fields of a sample, and of a span: see page_process.c. */
const CURVES = { RSS: 1, PSS: 2, USS: 3, live: 4 };
const SPAN = { name: 0, start: 1, end: 2, peak: 3, thread: 4 };
const LANE = 18, LANES = 10, TOP = 12, BOTTOM = 26, HEIGHT = 260;

const time = { process: "all", curve: "RSS", origin: 0, end: 1 };

/* ---- What is shown ---- */

/* Of one process all there is, of several one curve each. */
function curves() {
  const pids = processes();
  const of = (pid) => data.series.filter((each) => each.pid === pid);
  const alone = pids.length === 1 ? pids[0] : pids.find((pid) => String(pid) === time.process);
  const shown =
    alone !== undefined
      ? Object.entries(CURVES).map(([name, field]) => curve(name, of(alone), field))
      : pids.map((pid) => curve("process " + pid, of(pid), CURVES[time.curve]));
  return shown.filter((each) => each.points.length);
}

function processes() {
  return [...new Set(data.series.map((each) => each.pid))];
}

/* A process can have several records, one after the other. */
function curve(name, records, field) {
  const points = [];
  for (const record of records)
    for (const sample of record.samples)
      if (sample[field] !== null) points.push([record.started_ticks - time.origin + sample[0], sample[field]]);
  return { name, points: points.sort((a, b) => a[0] - b[0]) };
}

function spans() {
  const offset = data.spans.started_ticks - time.origin;
  return data.spans.list
    .map((span) => ({ name: span[SPAN.name], start: offset + span[SPAN.start], end: offset + span[SPAN.end], peak: span[SPAN.peak], thread: span[SPAN.thread] }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}

/* Each span on the highest lane that is free; those without one are left out. */
function lanes(shown) {
  const ends = [];
  for (const span of shown) {
    let lane = ends.findIndex((end) => end <= span.start);
    if (lane < 0) lane = ends.length;
    span.lane = lane;
    if (lane < LANES) ends[lane] = span.end;
  }
  return shown.filter((span) => span.lane < LANES);
}

function peak_of(each) {
  return each.points.reduce((top, point) => Math.max(top, point[1]), 0);
}

/* ---- Axes ---- */

function nice_step(range, bases) {
  const wanted = range / 5;
  return bases.find((step) => step >= wanted) || bases[bases.length - 1];
}

const SIZE_STEPS = [];
for (let unit = 1; unit < 2 ** 50; unit *= 1024) for (const step of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]) SIZE_STEPS.push(step * unit);
const TIME_STEPS = [];
for (let unit = 1e3; unit < 1e10; unit *= 10) for (const step of [1, 2, 5]) TIME_STEPS.push(step * unit);
for (const minutes of [0.5, 1, 2, 5, 10, 30, 60, 120, 360, 720, 1440]) TIME_STEPS.push(minutes * 60e9);

/* ---- Drawing ---- */

function draw_time() {
  const width = Math.max(280, $("plot").clientWidth), left = 62, right = 10;
  const shown = curves(), bars = lanes(spans());
  const most = Math.max(1, ...shown.map(peak_of));
  const depth = bars.reduce((sum, span) => Math.max(sum, span.lane + 1), 0);
  const bottom = shown.length ? HEIGHT : TOP;
  const x = (ns) => left + ((width - left - right) * ns) / time.end;
  const y = (bytes) => bottom - ((bottom - TOP) * bytes) / (most * 1.05);
  const height = bottom + BOTTOM + (depth ? depth * LANE + 8 : 0);
  const svg = draw("svg", { viewBox: "0 0 " + width + " " + height, width, height, role: "img", tabindex: "0", "aria-label": time_label(shown, bars) });
  if (shown.length) {
    const step = nice_step(most, SIZE_STEPS);
    for (let at = 0; at <= most * 1.05; at += step)
      svg.append(draw("line", { class: "grid", x1: left, x2: width - right, y1: y(at), y2: y(at) }), draw("text", { x: left - 6, y: y(at) + 4, "text-anchor": "end" }, size_in_binary_or_zero(at)));
  }
  const step = nice_step(time.end * Math.max(1, 500 / width), TIME_STEPS);
  for (let at = 0; at <= time.end; at += step) svg.append(draw("text", { x: x(at), y: bottom + 18, "text-anchor": !at ? "start" : x(at) > width - right - 20 ? "end" : "middle" }, at ? duration(at) : "0"));
  svg.append(draw("line", { class: "axis", x1: left, x2: width - right, y1: bottom, y2: bottom }));
  shown.forEach((each, index) => {
    const path = each.points.map((point, at) => (at ? "L" : "M") + x(point[0]).toFixed(1) + " " + y(point[1]).toFixed(1)).join("");
    svg.append(draw("path", { class: "curve curve" + (index % 6), d: path }));
    if (each.points.length === 1) svg.append(draw("circle", { class: "dot curve" + (index % 6), cx: x(each.points[0][0]), cy: y(each.points[0][1]), r: 3 }));
  });
  for (const span of bars) svg.append(draw_span(span, x, bottom + BOTTOM + 4));
  const cursor = draw("line", { class: "cursor", y1: TOP, y2: height, x1: -9, x2: -9 });
  svg.append(cursor);
  $("plot").replaceChildren(svg, legend(shown));
  $("moment").textContent = shown.length ? "Point at the curve, or use the arrow keys, for its values there." : "";
  follow(svg, cursor, shown, left, width - left - right, x);
}

function size_in_binary_or_zero(bytes) {
  return bytes ? size_in_binary(bytes) : "0";
}

function time_label(shown, bars) {
  return "Memory over " + duration(time.end) + ". " +
    shown.map((each) => each.name + ": at most " + size(peak_of(each))).join("; ") +
    (bars.length ? ". " + plural(bars.length, "call") + " shown below." : ".") + " Left and right arrow keys move along it.";
}

function draw_span(span, x, top) {
  const from = x(span.start), wide = Math.max(1.5, x(span.end) - from);
  const group = draw("g", { class: "span" });
  const bar = draw("rect", { x: from, y: top + span.lane * LANE, width: wide, height: LANE - 3, rx: 2 });
  bar.style.setProperty("--hue", hue(span.name));
  group.append(draw("title", {}, span.name + ": " + duration(span.end - span.start) + ", peak " + size(span.peak)), bar);
  const fits = Math.floor((wide - 6) / 7);
  if (fits > 2)
    group.append(draw("text", { x: from + 4, y: top + span.lane * LANE + 12 }, span.name.length > fits ? span.name.slice(0, fits - 1) + "…" : span.name));
  group.addEventListener("click", () => show_function(span.name));
  return group;
}

function legend(shown) {
  return make("ul.legend", {}, shown.map((each, index) => make("li", {},
    make("span.swatch.curve" + (index % 6), { "aria-hidden": "true" }),
    each.name + " ", make("span.dim", {}, "at most " + size(peak_of(each))))));
}

/* The values under the pointer, or where the arrow keys went. */
function follow(svg, cursor, shown, left, width, x) {
  let at = 0;
  const tell_moment = (ns) => {
    at = Math.min(Math.max(ns, 0), time.end);
    cursor.setAttribute("x1", x(at));
    cursor.setAttribute("x2", x(at));
    const values = shown.flatMap((each) => {
      const point = each.points.findLast((one) => one[0] <= at);
      return point ? [each.name + " " + size(point[1])] : [];
    });
    $("moment").textContent = visible("At " + duration(at) + ": " + (values.join(", ") || "no samples"));
  };
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    tell_moment(((event.clientX - box.left - left) / width) * time.end);
  });
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    tell_moment(at + (step * time.end) / 50);
  });
}

/* ---- Choices ---- */

function draw_choices() {
  if (processes().length < 2) return;
  const choose = (label, options, act) => {
    const select = make("select", {}, options.map(([value, text]) => make("option", { value }, text)));
    select.addEventListener("change", () => { act(select.value); draw_time(); });
    return make("label", {}, label + " ", select);
  };
  const name = (pid) => pid + " " + (data.series.find((each) => each.pid === pid).command || "").slice(0, 60);
  $("curves").append(
    choose("Process", [["all", "all"], ...processes().map((pid) => [String(pid), name(pid)])], (value) => (time.process = value)),
    choose("Curve", Object.keys(CURVES).map((curve_name) => [curve_name, curve_name]), (value) => (time.curve = value))
  );
}

function start_time() {
  const records = data.series.filter((each) => each.samples.length);
  if (!records.length && !data.spans.list.length) return;
  open_section("time", "Time");
  const starts = records.map((each) => each.started_ticks + each.samples[0][0]);
  const ends = records.map((each) => each.started_ticks + each.samples[each.samples.length - 1][0]);
  for (const span of data.spans.list) {
    starts.push(data.spans.started_ticks + span[SPAN.start]);
    ends.push(data.spans.started_ticks + span[SPAN.end]);
  }
  time.origin = starts.reduce((a, b) => Math.min(a, b));
  time.end = Math.max(1, ends.reduce((a, b) => Math.max(a, b)) - time.origin);
  draw_choices();
  redraws.push(draw_time);
  let width = $("plot").clientWidth;
  new ResizeObserver(() => {
    if ($("plot").clientWidth === width) return;
    width = $("plot").clientWidth;
    draw_time();
  }).observe($("plot"));
  if (data.spans.count > data.spans.list.length)
    $("time").append(make("p.dim", { id: "spans" }, "The longest " + count(data.spans.list.length) + " of " + count(data.spans.count) + " recorded calls."));
}
