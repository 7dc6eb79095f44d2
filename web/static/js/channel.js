// One channel: its name, what was requested and what is, its control, and why a request was refused.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { control } from "./control.js";
import * as format from "./format.js";
import { refusal, requested } from "./outcome.js";
import { OFFLINE, quality } from "./status.js";

/** A row of a device's card; `status` is the device's. */
export function channelRow(page, key, device, status, [name, channel]) {
  const title = channel.title || name;
  const actual = device.state?.[name] ?? null;
  const doubt = quality(device, name);
  const disabled = !page.mayCommand || status === OFFLINE;
  const request = [page, `${key}/${name}`, device.requested[name], channel, actual];
  return html`<li class="channel ${channel.kind} ${channel.writable ? "" : "readonly"}" data-channel=${name}>
    <span class="name">${title}</span>
    <span class="reading ${doubt ? "doubtful" : ""}">
      ${channel.writable ? requested(...request) : nothing}
      ${channel.kind === "action" ? nothing : value(channel, actual, device.state?.raw?.[name])}
    </span>
    ${channel.writable ? html`<div class="control">${control({ ...names(page, key, device), key, name, channel, title, actual, disabled })}</div>` : nothing}
    ${doubt ? html`<span class="sign"><span aria-hidden="true">?</span> ${doubt}</span>` : nothing}
    ${channel.writable ? refusal(...request) : nothing}
  </li>`;
}

const names = (page, key, device) => ({ stand: page.stands[key.split("/")[0]] ?? key.split("/")[0], device: device.info.title });

const value = (channel, actual, raw) => html`<span class="value" data-kind=${channel.kind} title=${origin(channel)}>${format.value(channel, actual)}</span>
  <span class="unit">${actual === null ? "" : (channel.unit ?? "")}</span>
  ${raw === undefined ? nothing : html`<span class="raw">raw ${format.value({ kind: "number" }, raw)}</span>`}`;

/** Where a value comes from, if not straight from the device. */
function origin(channel) {
  if (channel.formula) return `= ${channel.formula}`;
  if (!channel.calibration) return "";
  const { date, note } = channel.calibration;
  return note ? `calibrated ${date}: ${note}` : `calibrated ${date}`;
}
