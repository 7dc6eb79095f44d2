// What became of the latest request at one place, in a line below it: pending, differing, refused; nothing when all is well.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";
import { openAt } from "./requests.js";

const SHOWN = 5 * 60_000; // ms; afterwards a refusal stands among the last commands only

const VERDICTS = { rejected: "refused", failed: "failed", expired: "too late", unknown: "outcome unknown" };

/** `record` is the hub's word on the latest request there; `actual` tells whether what was asked is what is. */
export function outcome(page, place, record, channel, actual) {
  const open = openAt(place, [record, ...page.world.commands]);
  if (open?.problem) return line("bad", "✕", `${wish(channel, open.value)}: ${open.problem}`);
  if (open) return line("pending", "…", `requested ${wish(channel, open.value)}`);
  if (!record) return nothing;
  const what = wish(channel, record.value ?? record.action);
  if (record.status === "pending") return line("pending", "…", `requested ${what} by ${format.author(record)}`);
  if (record.status === "done") return differs(channel, record, actual) ? differing(channel, record, actual) : nothing;
  if (page.now - (record.ended ?? record.requested) > SHOWN) return nothing;
  return line("bad", "✕", `${what} ${VERDICTS[record.status] ?? record.status}: ${record.reason ?? record.code ?? ""}`);
}

/** Whether what is differs from what was done, as far as the shown decimals tell. */
function differs(channel, record, actual) {
  if (!channel || channel.kind === "action" || actual === null || actual === undefined) return false;
  return format.value(channel, record.value) !== format.value(channel, actual);
}

function differing(channel, record, actual) {
  const values = `${format.withUnit(channel, record.value)} → ${format.withUnit(channel, actual)}`;
  return line("differs", "≠", `requested → actual: ${values} (${format.author(record)})`);
}

const wish = (channel, value) => format.withUnit(channel, value);

const line = (kind, mark, text) =>
  html`<p class="outcome ${kind}" data-outcome=${kind}><span aria-hidden="true">${mark}</span> ${text}</p>`;
