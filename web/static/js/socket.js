// The connection to the server: opened again for ever, with growing pauses; given up when nothing is heard.

const SILENCE = 4000; // ms; the server says something every second
const PAUSES = [500, 1000, 2000, 4000]; // ms
const SIGNED_OUT = 4401;

/** Call `heard` with every message, `opened` and `lost` when the connection comes and goes. */
export function connect({ heard, opened, lost }) {
  let attempts = 0;

  function open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`);
    let silence = setTimeout(() => end(), SILENCE);
    let over = false;

    function end(event) {
      if (over) return;
      over = true;
      clearTimeout(silence);
      socket.close();
      if (event?.code === SIGNED_OUT) return signIn();
      lost(event?.reason ?? "");
      setTimeout(open, PAUSES[Math.min(attempts++, PAUSES.length - 1)]);
      if (attempts > 1) checkSession();
    }

    socket.onmessage = ({ data }) => {
      if (over) return;
      clearTimeout(silence);
      silence = setTimeout(() => end(), SILENCE);
      attempts = 0;
      opened();
      heard(JSON.parse(data));
    };
    socket.onclose = end;
  }

  open();
}

/** A refused upgrade does not say why to a script. When it is the session, sign in again. */
async function checkSession() {
  try {
    const answer = await fetch("/api/snapshot", { method: "HEAD" });
    if (answer.status === 401) signIn();
  } catch {
    // The server cannot be reached: the next attempt will tell.
  }
}

function signIn() {
  location.assign("/signin");
}
