// Where each channel is to be found in MQTT, to be copied.

import { html } from "../vendor/lit-html/lit-html.js";

/** The topics of a device: its readings come in one message, each channel that can be set has a topic of its own. */
export function topics(key, info) {
  const channels = Object.entries(info.channels);
  const read = channels.filter(([, channel]) => channel.kind !== "action").map(([name]) => name);
  const settable = info.commands === "anyone" ? channels.filter(([, channel]) => channel.writable) : [];
  return html`<details class="topics"><summary>MQTT topics</summary><ul>
    ${row(`readings, with ${read.join(", ")}`, `clayhub/${key}/state`)}
    ${settable.map(([name, channel]) => row(`to set ${channel.title || name}`, `clayhub/${key}/${name}/set`))}
  </ul></details>`;
}

const row = (note, topic) => html`<li>
  <span class="note">${note}</span>
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
