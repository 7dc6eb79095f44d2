// The last commands: what, by whom, from where, when, and what became of it.

import { html } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { author, time, withUnit } from "./format.js";

/** The newest commands of everybody, newest first. */
export function commands(page) {
  const records = page.world.commands;
  return html`<section>
    <h2>Last commands</h2>
    ${records.length === 0 ? html`<p class="empty">None yet.</p>` : table(page, records)}
  </section>`;
}

const table = (page, records) => html`<table class="commands">
  <thead><tr><th>when</th><th>what</th><th>by</th><th>outcome</th></tr></thead>
  <tbody>${repeat(records, (record) => record.id, (record) => row(page, record))}</tbody>
</table>`;

const row = (page, record) => html`<tr data-command=${record.id} data-status=${record.status}>
  <td>${time(record.requested, page.now)}</td>
  <td>${what(page, record)}</td>
  <td>${author(record)}</td>
  <td>${outcome(record)}</td>
</tr>`;

function outcome(record) {
  if (record.kind === "event") return record.reason;
  return record.reason ? `${record.status}: ${record.reason}` : record.status;
}

function what(page, record) {
  if (record.kind === "event") return page.world.devices[record.key]?.info?.title ?? record.key;
  if (!record.key) return `${record.action} ${record.kind ?? ""} ${record.name}`;
  const info = page.world.devices[record.key]?.info;
  const channel = info?.channels[record.channel];
  return `${info?.title ?? record.key}, ${channel?.title || record.channel}: ${withUnit(channel, record.value)}`;
}
