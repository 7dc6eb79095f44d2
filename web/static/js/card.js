// One device: what it is, whether it can be believed, its channels.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { channelRow } from "./channel.js";
import { duration } from "./format.js";
import * as status from "./status.js";
import { topics } from "./topics.js";

const MARKS = { [status.STALE]: "◷", [status.OFFLINE]: "✕", [status.FAULT]: "!", [status.SILENT]: "…" };

/** The card of the device `key`, made from its self-description. */
export function card(page, key, device) {
  const state = status.ofDevice(device, page);
  const channels = Object.entries(device.info.channels);
  return html`<article class="device ${state}" data-device=${key} data-status=${state}>
    <header>
      <h3 title=${identity(device.info)}>${device.info.title}</h3>
      <span class="age">${unsynced(device)} ${age(page, device, state)}</span>
    </header>
    <ul class="channels">
      ${repeat(channels, ([name]) => name, (entry) => channelRow(page, key, device, state, entry))}
    </ul>
    ${topics(key, device.info)}
  </article>`;
}

const identity = (info) => Object.entries(info.identity ?? {}).map(([name, text]) => `${name} ${text}`).join(", ");

/** Ages here are by the server's clock and right all the same. */
const unsynced = (device) => device.state?.clock === "unsynced"
  ? html`<span class="unsynced" title="The clock of its agent is not synchronised: times in its history may be wrong."><span aria-hidden="true">◴</span> clock not set</span>`
  : nothing;

function age(page, device, state) {
  const ago = device.received === null ? "" : duration(page.now - device.received);
  if (state === status.ONLINE) return html`<span title="age of the values">${ago}</span>`;
  return html`<span class="sign"><span aria-hidden="true">${MARKS[state]}</span> ${status.DEVICE_WORDS[state]}</span> ${ago}`;
}
