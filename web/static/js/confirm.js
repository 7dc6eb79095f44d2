// Confirmation by consequence: nothing for what is easily undone, a dialog for what has a cost, and for what is
// dangerous a dialog whose button must be held down.

import { html, render } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";

const HOLD = 1500; // ms; the style sheet fills the button in the same time

const BUTTONS = { dialog: pressed, hold: held };

/** Call `act`, after the person has agreed if the channel asks for that. `target` is as for a control. */
export function confirmed(target, value, act) {
  const button = BUTTONS[target.channel.confirm];
  if (!button) {
    act();
    return;
  }
  const dialog = document.createElement("dialog");
  const agree = () => {
    dialog.close();
    act();
  };
  render(html`<p>${question(target, value)}</p>
    <div class="choices">
      <button type="button" class="btn btn-outline-secondary" @click=${() => dialog.close()}>Cancel</button>
      ${button(target, agree)}
    </div>`, dialog);
  dialog.setAttribute("aria-label", "Confirm");
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function question({ channel, title, device, stand }, value) {
  const where = `${device}, ${stand}`;
  return channel.kind === "action" ? `${where}: ${title}?` : `${where}: set ${title} to ${format.withUnit(channel, value)}?`;
}

const word = (target) => (target.channel.kind === "action" ? target.title : `Set ${target.title}`);

function pressed(target, agree) {
  return html`<button type="button" class="btn btn-outline-secondary" @click=${agree}>${word(target)}</button>`;
}

function held(target, agree) {
  let timer = null;
  const start = (event) => {
    event.currentTarget.classList.add("holding");
    timer ??= setTimeout(agree, HOLD);
  };
  const stop = (event) => {
    event.currentTarget.classList.remove("holding");
    clearTimeout(timer);
    timer = null;
  };
  const key = (act) => (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    act(event);
  };
  return html`<button type="button" class="btn btn-outline-secondary hold" @pointerdown=${start} @pointerup=${stop}
    @pointerleave=${stop} @pointercancel=${stop} @keydown=${key(start)} @keyup=${key(stop)} @blur=${stop}>Hold: ${word(target)}</button>`;
}
