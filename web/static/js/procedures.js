// Procedures: at which step they are, and start, stop, reset.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { duration, time } from "./format.js";
import { refusal, requested } from "./outcome.js";
import { ask } from "./requests.js";

const WORDS = { running: "running", stopping: "stopping", done: "done", failed: "failed", stopped: "stopped" };

/** All procedures that the configuration knows or that have run. */
export function procedures(page) {
  const names = [...new Set([...Object.keys(page.procedures), ...Object.keys(page.world.runs)])].sort();
  if (names.length === 0) return nothing;
  return html`<section>
    <h2>Procedures</h2>
    <div class="cards">${repeat(names, (name) => name, (name) => procedure(page, name, page.world.runs[name]))}</div>
  </section>`;
}

function procedure(page, name, run) {
  const title = run?.title ?? page.procedures[name] ?? name;
  const active = run?.state === "running" || run?.state === "stopping";
  const latest = page.world.commands.find((record) => record.kind === "procedure" && record.name === name);
  const press = (action, disabled) => button(page, "procedure", name, title, action, disabled);
  return html`<article data-procedure=${name}>
    <header><h3>${title}</h3><span class="age">${run ? (WORDS[run.state] ?? run.state) : "not run yet"}</span></header>
    ${active ? progress(page, run) : nothing}
    ${run && !active ? ended(page, run) : nothing}
    <div class="buttons">${press("start", active)}${press("stop", false)}${press("reset", false)}
      ${requested(page, `procedure/${name}`, latest)}</div>
    <p class="note">Software stop: not an emergency stop.</p>
    ${refusal(page, `procedure/${name}`, latest)}
  </article>`;
}

function progress(page, run) {
  const left = run.until === null ? "" : `, ${duration(run.until - page.now)} left`;
  return html`<p class="stage">Step ${run.step} of ${run.steps}: ${run.stage}${left}</p>
    <progress max=${run.steps} value=${run.step} aria-label="steps of ${run.title}"></progress>
    <p class="note">started ${time(run.started, page.now)} by ${run.by}</p>`;
}

function ended(page, run) {
  const reason = run.reason ? `: ${run.reason}` : "";
  return html`<p class="stage">${WORDS[run.state] ?? run.state} ${time(run.ended ?? run.started, page.now)}${reason}</p>`;
}

/** A button that asks the hub to do `action` with a procedure or schedule. */
export function button(page, kind, name, title, action, disabled) {
  return html`<button type="button" class="btn btn-outline-secondary" data-action=${action}
    aria-label="${capital(action)} ${title}" ?disabled=${disabled || !page.mayCommand}
    @click=${() => ask(kind, `${kind}/${name}`, { name, action }, action)}>${capital(action)}</button>`;
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);
