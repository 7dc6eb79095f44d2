// The state of everything, as the snapshot gave it and the changes since then have made it.

const COMMANDS = 20;

/** Apply a change: parts are merged, an entry that is null goes away, the newest commands come first. */
export function merge(world, delta) {
  for (const part of ["agents", "runs", "schedules", "alarms"]) {
    for (const [name, entry] of Object.entries(delta[part] ?? {})) put(world[part], name, entry);
  }
  for (const [key, device] of Object.entries(delta.devices ?? {})) mergeDevice(world.devices, key, device);
  if (delta.commands) world.commands = newest(delta.commands, world.commands);
  if ("hub" in delta) world.hub = delta.hub;
}

function put(entries, name, entry) {
  if (entry === null) delete entries[name];
  else entries[name] = entry;
}

function mergeDevice(devices, key, change) {
  if (change === null) return delete devices[key];
  const known = devices[key] ?? { info: null, state: null, received: null, availability: null, requested: {} };
  devices[key] = { ...known, ...change, requested: { ...known.requested, ...change.requested } };
}

function newest(changed, known) {
  const latest = new Map();
  for (const record of [...changed, ...known]) if (!latest.has(record.id)) latest.set(record.id, record);
  return [...latest.values()].sort((one, other) => other.requested - one.requested).slice(0, COMMANDS);
}
