// Schedules: what they start, when last and when next.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { ZONE, duration, time } from "./format.js";
import { refusal, requested } from "./outcome.js";
import { button } from "./procedures.js";

/** All schedules, with times in the browser's zone. */
export function schedules(page) {
  const entries = Object.entries(page.world.schedules).sort();
  if (entries.length === 0) return nothing;
  return html`<section>
    <h2>Schedules <small>times in ${ZONE}</small></h2>
    <div class="cards">${repeat(entries, ([name]) => name, (entry) => schedule(page, entry))}</div>
  </section>`;
}

function schedule(page, [name, entry]) {
  const title = entry.title ?? name;
  const latest = page.world.commands.find((record) => record.kind === "schedule" && record.name === name);
  const press = (action, disabled) => button(page, "schedule", name, title, action, disabled);
  return html`<article data-schedule=${name}>
    <header><h3>${title}</h3><span class="age">${entry.enabled ? "on" : "stopped"}</span></header>
    <dl>
      <dt>when</dt><dd>${when(entry)}</dd>
      <dt>stage</dt><dd>${stage(page.world.runs[entry.procedure])}</dd>
      <dt>next run</dt><dd>${next(page, entry)}</dd>
      <dt>last run</dt><dd>${entry.last ? `${time(entry.last, page.now)} ${entry.last_outcome ?? ""}` : "none yet"}</dd>
    </dl>
    <div class="buttons">${press("start", entry.enabled)}${press("stop", !entry.enabled)}${press("reset", false)}
      ${requested(page, `schedule/${name}`, latest)}</div>
    ${refusal(page, `schedule/${name}`, latest)}
  </article>`;
}

function when(entry) {
  const what = entry.procedure ?? entry.set ?? "";
  if (entry.every !== undefined && entry.every !== null) {
    return `${what}, every ${typeof entry.every === "number" ? duration(entry.every * 1000) : entry.every}`;
  }
  return entry.cron ? `${what}, cron ${entry.cron}` : `${what}, once at ${entry.at}`;
}

const stage = (run) => (run?.state === "running" || run?.state === "stopping" ? run.stage : "waiting");

function next(page, entry) {
  if (!entry.enabled || !entry.next) return "none";
  return `${time(entry.next, page.now)} (in ${duration(entry.next - page.now)})`;
}
