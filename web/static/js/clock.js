// The server's time. Ages never depend on the browser's clock, which may be hours off.

let serverTime = 0;
let heardAt = 0;

/** A message said that it is `time` (ms since 1970) at the server. */
export function hear(time) {
  serverTime = time;
  heardAt = performance.now();
}

/** The server's time now, in ms since 1970. */
export const now = () => serverTime + performance.now() - heardAt;
