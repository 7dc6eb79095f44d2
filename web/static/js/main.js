// The panel: the world as the server tells it, drawn at most five times a second.

import { html, render } from "../vendor/lit-html/lit-html.js";
import { alarms, strip } from "./alarms.js";
import { banner } from "./banner.js";
import { hear, now } from "./clock.js";
import { commands } from "./commands.js";
import { procedures } from "./procedures.js";
import { onChange } from "./requests.js";
import { schedules } from "./schedules.js";
import { connect } from "./socket.js";
import { stands } from "./stands.js";
import { merge } from "./world.js";

const REDRAW = 200; // ms
const [link, top, notice, panel] = ["link", "banner", "alarm-strip", "panel"].map((id) => document.getElementById(id));
const { role, ...titles } = JSON.parse(document.getElementById("page").textContent);

let world = null;
let connected = false;
let lostAt = null;
let lostReason = "";
let trouble = null;
let drawing = null;
let drawnAt = 0;

const handlers = {
  snapshot(message) {
    world = message;
    trouble = null;
  },
  delta(message) {
    if (world) merge(world, message);
  },
  trouble({ message }) {
    trouble = message;
  },
};

connect({
  heard(message) {
    if (message.time) hear(message.time);
    handlers[message.type]?.(message);
    draw();
  },
  opened() {
    connected = true;
  },
  lost(reason) {
    if (connected || lostAt === null) lostAt = Date.now();
    connected = false;
    lostReason = reason;
    draw();
  },
});
onChange(draw);
setInterval(draw, 1000); // ages grow though nothing comes

function draw() {
  drawing ??= setTimeout(paint, Math.max(0, drawnAt + REDRAW - performance.now()));
}

function paint() {
  drawing = null;
  drawnAt = performance.now();
  const page = look();
  document.body.classList.toggle("old", world !== null && !page.live);
  link.textContent = page.live ? "live" : connected ? "not live" : "no connection";
  render(banner(page), top);
  render(strip(page), notice);
  if (!world) return;
  const doings = html`<div class="pair">${procedures(page)}${schedules(page)}</div>`;
  render(html`${stands(page)}${doings}${alarms(page)}${commands(page)}`, panel);
}

/** What the parts of the page need to know to draw themselves. */
function look() {
  const live = connected && trouble === null && world !== null && world.hub !== null;
  return {
    world, connected, lostAt, lostReason, trouble, live,
    ...titles,
    mayCommand: live && role === "operator",
    now: now(),
  };
}
