// Where each channel is to be found in MQTT, to be copied.

import { html } from "../vendor/lit-html/lit-html.js";

/** The topics of a device: its readings come in one message, each writable channel has a topic of its own to be set. */
export function topics(key, info) {
  const rows = Object.entries(info.channels).flatMap(([name, channel]) => [
    ...(channel.kind === "action" ? [] : [row(name, `clayhub/${key}/state`, `field ${name}`)]),
    ...(channel.writable && info.commands === "anyone" ? [row(name, `clayhub/${key}/${name}/set`, "to set it")] : []),
  ]);
  return html`<details class="topics"><summary>MQTT topics</summary><ul>${rows}</ul></details>`;
}

const row = (name, topic, note) => html`<li>
  <span class="note">${name}: ${note}</span>
  <code>${topic}</code>
  <button type="button" class="btn btn-outline-secondary" aria-label="Copy ${topic}" @click=${copy}>Copy</button>
</li>`;

async function copy({ currentTarget: button }) {
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    // Browsers give the clipboard to https and localhost only: leave it selected, to be copied by hand.
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}
