/* base.js - what all of the page's scripts share: the data, elements, numbers. */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

/* ---- Texts that others wrote ---- */

/* What would hide, move or reorder text is shown as its code. */
const HIDDEN = /[\0-\x08\n-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function visible(text) {
  return String(text).replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase();
    return code.length > 2 ? "\\u" + code.padStart(4, "0") : "\\x" + code.padStart(2, "0");
  });
}

/* ---- Elements ---- */

/* make("td.size", {title: "3 B"}, "3 B", element...): texts never become HTML. */
function make(what, attributes, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  element.className = classes.join(" ");
  set(element, attributes);
  append(element, children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes || {}))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, visible(value));
}

function append(element, children) {
  for (const child of children.flat())
    if (child !== null && child !== undefined)
      element.append(child instanceof Node ? child : visible(child));
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  append(element, children);
  return element;
}

/* Adds a section to the links at the top. */
function open_section(id, label) {
  $(id).hidden = false;
  $("sections").append(make("a", { href: "#" + id }, label));
}

/* ---- Numbers ---- */

const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const settings = { unit: "auto" };

/* `like`: in the unit that suits this value, to be compared with it. */
function size(bytes, like = bytes) {
  const magnitude = Math.abs(like);
  let unit = settings.unit;
  if (unit === "auto") unit = Object.keys(UNITS).findLast((name) => magnitude >= UNITS[name]) || "B";
  if (unit === "B") return count(bytes) + " B";
  const value = bytes / UNITS[unit];
  const digits = settings.unit !== "auto" ? 3 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + " " + unit;
}

function count(value) {
  return value.toLocaleString("en-US");
}

function number(value, is_size, like) {
  return is_size ? size(value, like) : count(value);
}

/* All of it, for whom the rounded one is not enough. */
function exact(value, is_size) {
  return is_size ? count(value) + " bytes" : count(value);
}

function percent(part, whole) {
  if (!whole) return "0\u00a0%";
  const value = (100 * part) / whole;
  return (value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)) + "\u00a0%";
}

function duration(ns) {
  if (ns < 1e6) return (ns / 1e3).toFixed(0) + " µs";
  if (ns < 1e9) return (ns / 1e6).toFixed(ns < 1e7 ? 1 : 0) + " ms";
  const seconds = ns / 1e9;
  if (seconds < 120) return seconds.toFixed(seconds < 10 ? 2 : 1) + " s";
  const minutes = Math.floor(seconds / 60);
  return minutes < 120
    ? minutes + " min " + Math.floor(seconds % 60) + " s"
    : Math.floor(minutes / 60) + " h " + (minutes % 60) + " min";
}

function plural(value, one, many) {
  return count(value) + " " + (value === 1 ? one : many || one + "s");
}

/* "f.c:2", or what of it is known. */
function place_text(file, line) {
  return base_name(file) + (line ? ":" + line : "");
}

function base_name(path) {
  return path ? path.replace(/.*\//, "") : "";
}

/* What is drawn again when a setting changes. */
const redraws = [];
function redraw() {
  for (const each of redraws) each();
}
