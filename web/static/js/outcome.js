// What became of the latest request at one place: what was requested stands beside what is, until both are the same;
// a refusal gets a line of its own. Nothing when all is well.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import * as format from "./format.js";
import { openAt } from "./requests.js";

const SHOWN = 5 * 60_000; // ms; afterwards a refusal stands among the last commands only

const VERDICTS = { rejected: "refused", failed: "failed", expired: "too late", unknown: "outcome unknown" };

/** Beside the actual value: what was requested, while it is pending or differs. `record` is the hub's latest word. */
export function requested(page, place, record, channel, actual) {
  const open = openAt(place, [record, ...page.world.commands]);
  if (open) return open.problem ? nothing : beside("pending", "…", what(channel, open), "requested");
  if (!record) return nothing;
  const title = `requested by ${format.author(record)}`;
  if (record.status === "pending") return beside("pending", "…", what(channel, record), title);
  if (record.status === "done" && differs(channel, record, actual)) return beside("differs", "≠", what(channel, record), title);
  return nothing;
}

/** Below: why the latest request was not done. */
export function refusal(page, place, record, channel) {
  const open = openAt(place, [record, ...page.world.commands]);
  if (open) return open.problem ? line(`${what(channel, open)}: ${open.problem}`) : nothing;
  const verdict = VERDICTS[record?.status];
  if (!verdict || page.now - (record.ended ?? record.requested) > SHOWN) return nothing;
  return line(`${what(channel, record)} ${verdict}: ${record.reason ?? record.code ?? "no reason given"}`);
}

const what = (channel, request) => format.withUnit(channel, request.value ?? request.action);

/** Whether what is differs from what was done, as far as the shown decimals tell. */
function differs(channel, record, actual) {
  if (!channel || channel.kind === "action" || actual === null || actual === undefined) return false;
  return format.value(channel, record.value) !== format.value(channel, actual);
}

const beside = (kind, mark, text, title) => html`<span class="outcome ${kind}" data-outcome=${kind} title=${title}>
  <span class="visually-hidden">requested</span> ${mark} ${text} <span aria-hidden="true">→</span></span>`;

const line = (text) => html`<p class="outcome bad" data-outcome="bad"><span aria-hidden="true">✕</span> ${text}</p>`;
