// The API as the chat uses it. It is where this file is from, whatever page shows the chat.

const API = new URL("../", import.meta.url);
const LONGEST = 120_000; // milliseconds, for a whole answer: a connection may die without a word

/**
 * What went wrong. `kind`: "unreachable", "cutOff", "tooMany" or "refused", which may come with the API's words,
 * `said`, in English. `retryAfter` in seconds; `lasting` where trying again cannot help.
 */
export class Failure extends Error {
  constructor(kind, { said = "", code = "", status = 0, retryAfter = 0, lasting = false } = {}) {
    super(said || kind);
    Object.assign(this, { kind, said, code, status, retryAfter, lasting });
  }

  /** In words for a customer. */
  explain(t) {
    if (this.kind !== "refused") return t(this.kind);
    if (this.said && (this.lasting || t.language === "en")) return this.said;
    return this.status ? t("broken", this) : t("cutOff");
  }
}

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whose assistant it is: what to show before the first question. Throws Failure. */
export async function meta() {
  return (await send("meta", {})).json();
}

/** Asks, calls `onText` with each piece of the answer, and resolves to the turn. Throws Failure. */
export async function ask({ question, conversationId, key, channel, onText }) {
  const response = await send("question", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "text/event-stream",
      "Idempotency-Key": key,
    },
    body: JSON.stringify({
      question,
      locale: navigator.language,
      channel,
      ...(conversationId ? { conversation_id: conversationId } : {}),
    }),
  });
  for await (const { name, data } of events(response.body)) {
    if (name === "delta") onText(data.text);
    else if (name === "turn") return data;
    else if (name === "error") throw new Failure("refused", { said: sentence(data.error) });
  }
  throw new Failure("cutOff");
}

export async function rate({ conversationId, turnId, value }) {
  const response = await send("feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation_id: conversationId, turn_id: turnId, feedback: value }),
  });
  return response.json();
}

/** The turns so far and the latest handoff; none where the conversation is not known any more. */
export async function conversation(id) {
  try {
    return await look(id, null);
  } catch (failure) {
    if (failure.status === 404) return { turns: [], handoff: null };
    throw failure;
  }
}

/** The turns after the turn `after`, where given, and the latest handoff. Throws Failure. */
export async function look(id, after) {
  const news = after ? `?after=${encodeURIComponent(after)}` : "";
  const response = await send(`conversations/${encodeURIComponent(id)}${news}`, {});
  return response.json();
}

/** Says where the customer, who waits for a person, can be reached. */
export async function leaveAddress(id, email) {
  await send(`conversations/${encodeURIComponent(id)}/handoff`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email }),
  });
}

async function send(address, options) {
  let response;
  try {
    const signal = AbortSignal.timeout(LONGEST);
    response = await fetch(new URL(address, API), { ...options, signal, cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new Failure("unreachable");
  }
  if (response.ok) return response;
  throw await refused(response);
}

async function refused(response) {
  const { status } = response;
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  if (status === 429) return new Failure("tooMany", { status, retryAfter });
  let said = "";
  let code = "";
  try {
    ({ error: said, code } = await response.json());
  } catch {
    // not from us: a proxy in between
  }
  const lasting = status >= 400 && status < 500 && status !== 409;
  return new Failure("refused", { said: said ? sentence(said) : "", code, status, lasting });
}

/** Server-sent events of a response's body. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      const blocks = held.split("\n\n");
      held = blocks.pop();
      for (const block of blocks) yield event(block);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("cutOff");
  }
}

function event(block) {
  let name = "message";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  return { name, data: data ? JSON.parse(data) : {} };
}

function sentence(text) {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
