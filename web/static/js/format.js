// How values, ages and times are written.

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const dayTime = new Intl.DateTimeFormat(undefined, {
  month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** The browser's time zone, which all times on the page are in. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A channel's value as text, without its unit. */
export function value(channel, given) {
  if (given === null || given === undefined) return "–";
  if (typeof given === "boolean") return given ? "On" : "Off";
  if (typeof given === "number" && channel?.kind === "number") return number(given, channel.decimals);
  return String(given);
}

function number(given, decimals) {
  if (decimals !== undefined) return given.toFixed(decimals);
  return Number.isInteger(given) ? String(given) : String(Number(given.toPrecision(6)));
}

/** A value with its unit. */
export function withUnit(channel, given) {
  const text = value(channel, given);
  return channel?.unit && text !== "–" ? `${text} ${channel.unit}` : text;
}

/** How long, in the largest unit that says enough: `17 s`, `4 min`, `3 h`, `2 d`. */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** A moment near `now` as the time of day, another with its date. */
export function time(ms, now) {
  const moment = new Date(ms);
  return (moment.toDateString() === new Date(now).toDateString() ? clockTime : dayTime).format(moment);
}

const SOURCES = { panel: "panel", cli: "command line", procedure: "procedure", schedule: "schedule", interlock: "interlock", mqtt: "MQTT", device: "device" };

/** Who and from where: `anna, panel`. The broker does not pass on who sent by MQTT. */
export function author(record) {
  const source = SOURCES[record.source] ?? record.source;
  return record.who ? `${record.who}, ${source}` : source;
}
