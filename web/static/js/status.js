// What may be believed: whether a device's values are live, old, or nobody's.

const PERIODS = 3;

export const ONLINE = "online";
export const STALE = "stale";
export const OFFLINE = "offline";
export const FAULT = "fault";
export const SILENT = "silent";

/** The state of a device's values on this page. `live` says whether the page itself hears the hub. */
export function ofDevice(device, { now, live }) {
  if (device.availability !== "online" && device.availability !== "fault") return OFFLINE;
  if (device.received === null) return SILENT;
  if (device.availability === "fault") return FAULT;
  return live && now - device.received <= PERIODS * device.info.period * 1000 ? ONLINE : STALE;
}

export const DEVICE_WORDS = {
  [ONLINE]: "",
  [STALE]: "stale",
  [OFFLINE]: "offline",
  [FAULT]: "no answer",
  [SILENT]: "no reading yet",
};

const QUALITY_WORDS = {
  sentinel: "absent or broken",
  warming_up: "warming up",
  zeroing: "zeroing",
  suspect: "suspect",
  frozen: "frozen",
  railed: "at the end of its range",
  stale: "stale",
};

/** What there is to say about one value; empty when it is good. */
export function quality(device, name) {
  const word = device.state?.quality?.[name];
  return word === undefined ? "" : (QUALITY_WORDS[word] ?? String(word));
}
