// Alarms: a strip below the header that is always there, so that nothing moves, and the list with "Acknowledge".

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { time, withUnit } from "./format.js";
import { refusal, requested } from "./outcome.js";
import { ask } from "./requests.js";

const PRIORITIES = ["critical", "high", "medium", "low"];
const SHAPES = { critical: "◆", high: "▲", medium: "●", low: "○" };

/** The most urgent alarm of which nobody knows, or that all is well. Old news are neither. */
export function strip(page) {
  if (!page.live) return html`<p class="alarm-strip"><span aria-hidden="true">◷</span> Alarms are not live</p>`;
  const all = sorted(page.world.alarms);
  if (all.length === 0) return html`<p class="alarm-strip">No alarms</p>`;
  const [first] = all;
  const others = all.length > 1 ? `, and ${all.length - 1} more` : "";
  return html`<p class="alarm-strip ${waits(first) ? first.priority : "known"}" data-alarm-strip=${first.id}>
    ${sign(first)} <a href="#alarms">${first.message}</a>
    <span class="rest">${waits(first) ? "not acknowledged" : "acknowledged"}${others}</span></p>`;
}

/** Every alarm that is not normal: those nobody knows of first, then by how urgent they are. */
export function alarms(page) {
  const all = sorted(page.world.alarms);
  return html`<section id="alarms">
    <h2>Alarms</h2>
    ${all.length === 0 ? html`<p class="empty">None.</p>` : html`<div class="cards">
      ${repeat(all, (alarm) => alarm.id, (alarm) => entry(page, alarm))}</div>`}
  </section>`;
}

function entry(page, alarm) {
  const place = `alarm/${alarm.id}`;
  const latest = page.world.commands.find((record) => record.kind === "alarm" && record.name === alarm.id);
  return html`<article data-alarm=${alarm.id} data-state=${alarm.state}>
    <header><h3>${sign(alarm)} ${alarm.message}</h3><span class="age">${time(alarm.raised, page.now)}</span></header>
    <p class="stage">${about(page, alarm)}</p>
    <p class="stage">${state(page, alarm)}</p>
    ${waits(alarm) ? form(page, alarm, place, latest) : nothing}
    ${refusal(page, place, latest)}
  </article>`;
}

function form(page, alarm, place, latest) {
  function submit(event) {
    event.preventDefault();
    ask("alarm", place, { name: alarm.id, note: event.target.elements.note.value }, "acknowledge");
  }
  return html`<form class="input-group" @submit=${submit}>
    <input class="form-control" name="note" maxlength="200" placeholder="note" aria-label="Note on alarm ${alarm.id}"
      ?disabled=${!page.mayCommand}>
    <button class="btn btn-outline-secondary" aria-label="Acknowledge alarm ${alarm.id}" ?disabled=${!page.mayCommand}>
      Acknowledge</button>
  </form>${requested(page, place, latest)}`;
}

const sign = (alarm) => html`<span class="alarm-sign ${waits(alarm) ? alarm.priority : "known"}"><span aria-hidden="true">
  ${SHAPES[alarm.priority] ?? "●"}</span> ${alarm.priority}</span>`;

function about(page, alarm) {
  if (!alarm.key) return alarm.id;
  const info = page.world.devices[alarm.key]?.info;
  const channel = info?.channels[alarm.channel];
  const value = alarm.value === null ? "" : `: ${withUnit(channel, alarm.value)} when it came`;
  const parts = [info?.title ?? alarm.key, channel?.title ?? alarm.channel].filter(Boolean);
  return `${parts.join(", ")}${value}`;
}

function state(page, alarm) {
  if (alarm.state === "returned") return `over since ${time(alarm.cleared, page.now)}, not acknowledged`;
  if (waits(alarm)) return "not acknowledged";
  const note = alarm.note ? `: ${alarm.note}` : "";
  return `acknowledged by ${alarm.by}, ${time(alarm.acknowledged, page.now)}${note}`;
}

const waits = (alarm) => alarm.state !== "acknowledged";

function sorted(all) {
  const urgency = (alarm) => (waits(alarm) ? 0 : PRIORITIES.length) + PRIORITIES.indexOf(alarm.priority);
  return Object.values(all ?? {}).sort((one, other) => urgency(one) - urgency(other) || other.raised - one.raised);
}
