// The control of a writable channel, by its kind. None shows what is not confirmed: the actual value stands beside it.

import { html } from "../vendor/lit-html/lit-html.js";
import { confirmed } from "./confirm.js";
import { ask } from "./requests.js";

/** `target` names the channel: {stand, device, key, name, channel, title, actual, disabled}. */
export function control(target) {
  return (CONTROLS[target.channel.kind] ?? CONTROLS.text)(target);
}

const CONTROLS = { switch: switchControl, number: numberControl, choice: choiceControl, text: textControl, action: button };

function request(target, value) {
  const { key, name } = target;
  confirmed(target, value, () => ask("command", `${key}/${name}`, { key, channel: name, value }, value));
}

function switchControl(target) {
  const choose = (value, word) => html`<button type="button" class="btn btn-outline-secondary"
    aria-pressed=${target.actual === value} aria-label="${target.title}: ${word}" ?disabled=${target.disabled}
    @click=${() => request(target, value)}>${word}</button>`;
  return html`<div class="btn-group" role="group" aria-label=${target.title}>${choose(false, "Off")}${choose(true, "On")}</div>`;
}

function button(target) {
  return html`<button type="button" class="btn btn-outline-secondary" aria-label=${target.title} ?disabled=${target.disabled}
    @click=${() => request(target, "PRESS")}>Press</button>`;
}

function numberControl(target) {
  const { low, high, unit } = target.channel;
  const hint = low !== undefined && high !== undefined ? `${low} to ${high}` : "";
  return form(target, (field) => field.valueAsNumber, html`<input class="form-control" name="value" type="number" required
    step="any" min=${low ?? ""} max=${high ?? ""} placeholder=${hint} inputmode="decimal"
    aria-label="${target.title}, new value${unit ? ` in ${unit}` : ""}" ?disabled=${target.disabled}>`);
}

function choiceControl(target) {
  const options = target.channel.options.map((option) => html`<option>${option}</option>`);
  return form(target, (field) => field.value, html`<select class="form-select" name="value" required
    aria-label="${target.title}, new value" ?disabled=${target.disabled}>${options}</select>`);
}

function textControl(target) {
  return form(target, (field) => field.value, html`<input class="form-control" name="value"
    maxlength=${target.channel.max_length ?? 200} aria-label="${target.title}, new text" ?disabled=${target.disabled}>`);
}

function form(target, read, field) {
  function submit(event) {
    event.preventDefault();
    request(target, read(event.target.elements.value));
  }
  return html`<form class="input-group" @submit=${submit}>${field}<button class="btn btn-outline-secondary"
    aria-label="Set ${target.title}" ?disabled=${target.disabled}>Set</button></form>`;
}
