// The stands and their devices.

import { html } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { card } from "./card.js";

/** A section for each stand. */
export function stands(page) {
  const groups = new Map();
  for (const [key, device] of Object.entries(page.world.devices).sort()) {
    const stand = key.split("/")[0];
    if (device.info) groups.set(stand, [...(groups.get(stand) ?? []), [key, device]]);
  }
  if (groups.size === 0) return html`<p class="empty">No device has introduced itself yet.</p>`;
  return repeat([...groups], ([stand]) => stand, ([stand, devices]) => html`<section>
    <h2>${page.stands[stand] ?? stand}</h2>
    <div class="cards">${repeat(devices, ([key]) => key, ([key, device]) => card(page, key, device))}</div>
  </section>`);
}
