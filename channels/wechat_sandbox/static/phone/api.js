// The sandbox's own calls.
export class Failure extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function json(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Failure("away");
  }
  const body = await response.json();
  if (!response.ok) {
    throw new Failure(body.error || String(response.status));
  }
  return body;
}

export const get = (path) => json(path, { cache: "no-store" });
export const post = (path, body) =>
  json(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
export const chatOf = (follower) => get("/sandbox/chat?follower=" + encodeURIComponent(follower));
