// The wire: send a message, read the history. A failure says in Chinese what happened and whether trying again can help.
import { words } from "./words.js";

const MESSAGES = "/channels/web/messages";
// The server itself gives up after about 8 seconds; a weak signal needs longer.
const PATIENCE_MS = 30000;

function failure(message, again) {
  return Object.assign(new Error(message), { again });
}

async function call(options) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
  try {
    const response = await fetch(MESSAGES, Object.assign({ credentials: "same-origin", signal: controller.signal }, options));
    const body = await response.json().catch(() => null);
    return { status: response.status, ok: response.ok, body };
  } catch (error) {
    if (navigator.onLine === false) {
      throw failure(words.offline, true);
    }
    throw failure(controller.signal.aborted ? words.slow : words.unreachable, true);
  } finally {
    clearTimeout(timer);
  }
}

// Returns the messages that answer `body`, which is {text} or {payload}.
export async function post(body) {
  const answer = await call({
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.ok && answer.body && Array.isArray(answer.body.messages) && answer.body.messages.length) {
    return answer.body.messages;
  }
  const told = answer.body && answer.body.error && answer.body.error.message;
  const again = answer.ok || answer.status === 408 || answer.status === 429 || answer.status >= 500;
  throw failure(told || words.broken, again);
}

// Returns the earlier turns, oldest first.
export async function history() {
  const answer = await call({ cache: "no-store" });
  if (answer.ok && answer.body && Array.isArray(answer.body.turns)) {
    return answer.body.turns;
  }
  throw failure(words.historyLost, true);
}
