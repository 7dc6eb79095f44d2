// Asking the server to do something, and remembering it until the hub's own word about it comes.

const WAIT = 12_000; // ms; the hub decides within 10 s

const asked = new Map(); // by place: {id, value, at, problem}
const csrf = document.querySelector("meta[name=csrf-token]").content;
let changed = () => {};

/** Call `listener` when something was asked or answered. */
export function onChange(listener) {
  changed = listener;
}

/** What was asked at `place`, if the hub has not said a word about it: its word is one of `records`. */
export function openAt(place, records) {
  const request = asked.get(place);
  if (request?.id && records.some((record) => record?.id === request.id)) asked.delete(place);
  else if (request?.id && performance.now() - request.at > WAIT) {
    request.problem = "The hub has not answered; whether it was done is not known. Look at the actual value.";
  }
  return asked.get(place);
}

/** POST `body` to `/api/<kind>`. `place` is where on the page the answer belongs, `value` what is shown as requested. */
export async function ask(kind, place, body, value) {
  const request = { id: null, value, at: performance.now(), problem: null };
  asked.set(place, request);
  changed();
  try {
    request.id = await post(`/api/${kind}`, body);
  } catch (error) {
    request.problem = error.message;
  }
  changed();
}

async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The server did not answer; whether the command arrived is not known. Look at the last commands.");
  }
  if (answer.status === 401) location.assign("/signin");
  const data = await answer.json().catch(() => ({ message: `The server answered ${answer.status}.` }));
  if (answer.status !== 202) throw new Error(data.message);
  return data.id;
}
