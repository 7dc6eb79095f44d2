// Across the whole width: why nothing here is live, or why nothing can be commanded.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { time } from "./format.js";

/** The most important trouble, if there is any. */
export function banner(page) {
  if (!page.connected) {
    const since = page.lostAt ? ` since ${time(page.lostAt, page.lostAt)}` : "";
    const reason = page.lostReason ? ` (${page.lostReason})` : "";
    return strip(`No connection to the server${since}${reason}. What you see is old. Trying again and again.`);
  }
  if (page.trouble) return strip(page.trouble);
  if (page.world && !page.world.hub) {
    return strip("The hub does not run: what you see is old, and nothing can be commanded. Start it with `clayhub up`.");
  }
  return nothing;
}

const strip = (text) => html`<p class="banner"><span aria-hidden="true">⚠</span> ${text}</p>`;
