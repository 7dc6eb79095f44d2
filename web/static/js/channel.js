// One channel: its name, its value with unit and mark, its control, and what became of the latest request.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { control } from "./control.js";
import * as format from "./format.js";
import { outcome } from "./outcome.js";
import { OFFLINE, quality } from "./status.js";

/** A row of a device's card; `status` is the device's. */
export function channelRow(page, key, device, status, [name, channel]) {
  const title = channel.title || name;
  const actual = device.state?.[name] ?? null;
  const doubt = quality(device, name);
  const disabled = !page.mayCommand || status === OFFLINE;
  return html`<li class="channel ${channel.kind} ${channel.writable ? "" : "readonly"}" data-channel=${name}>
    <span class="name">${title}</span>
    ${channel.kind === "action" ? html`<span></span>` : value(channel, actual, doubt)}
    ${channel.writable ? html`<div class="control">${control({ key, name, channel, title, actual, disabled })}</div>` : nothing}
    ${doubt ? html`<span class="sign"><span aria-hidden="true">?</span> ${doubt}</span>` : nothing}
    ${channel.writable ? outcome(page, `${key}/${name}`, device.requested[name], channel, actual) : nothing}
  </li>`;
}

function value(channel, actual, doubt) {
  return html`<span class="reading ${doubt ? "doubtful" : ""}">
    <span class="value" data-kind=${channel.kind}>${format.value(channel, actual)}</span>
    <span class="unit">${actual === null ? "" : (channel.unit ?? "")}</span>
  </span>`;
}
