// The chat page: one conversation, kept for as long as the tab is open.

import { Handoff } from "./handoff.js";
import { ask, conversation, newKey, rate } from "./service.js";
import { TurnView } from "./turn.js";

const NOT_HELPED = "That did not help."; // what a thumb down on the latest answer goes on with
const KEPT = "customer-assist-conversation";
const HUMAN = "I would like to talk to a person.";
const BACK = "Back to the assistant, please.";
const log = document.getElementById("log");
const welcome = document.getElementById("welcome");
const form = document.getElementById("ask");
const field = document.getElementById("question");
const sendButton = form.querySelector(".send");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const newButton = document.getElementById("new-conversation");

let conversationId = sessionStorage.getItem(KEPT);
let asking = false;
const shown = new Map(); // turn_id → its element, of those on the page
let views = [];
const handoff = new Handoff({
  show: catchUp,
  left: (name) => notice(`${name} has left the conversation. The automated assistant answers again.`),
  back: () => put(BACK),
  busy: () => asking,
});

function view(question) {
  const turn = new TurnView(question, {
    ask: put,
    rate: (rated, value) => thumb(turn, rated, value),
    human: () => put(HUMAN),
  });
  welcome.hidden = true;
  newButton.hidden = false;
  log.append(turn.element);
  views.push(turn);
  return turn;
}

/** `button`: the name of the guide's button that says it, for the keyboard to find it again. */
async function put(question, button) {
  if (asking) return;
  const turn = view(question);
  const key = newKey(); // kept for another try: a question that did arrive is not asked twice
  await attempt(turn, question, key);
  if (button && document.activeElement === document.body && !turn.focusGuide(button)) field.focus();
}

/** Keeps the rating. A first thumb down on the latest answer asks for another one, unless the customer is writing. */
async function thumb(turn, rated, value) {
  await rate({ conversationId: rated.conversation_id, turnId: rated.turn_id, value });
  const again = rated.rating === value;
  rated.rating = value;
  if (value !== -1 || again || rated.outcome !== "answered") return;
  if (turn === views.at(-1) && !asking && !field.value.trim()) put(NOT_HELPED);
}

async function attempt(turn, question, key) {
  busy(true);
  turn.begin();
  turn.element.scrollIntoView({ block: "start", behavior: still.matches ? "instant" : "smooth" });
  const asked = conversationId;
  try {
    const reply = await ask({
      question,
      conversationId: asked,
      key,
      locale: navigator.language,
      onText: (text) => turn.add(text),
    });
    if (conversationId === asked) keep(reply.conversation_id);
    turn.finish(reply);
    retireOthers(turn);
    if (reply.logged && conversationId === reply.conversation_id) told(reply, turn.element);
  } catch (failure) {
    if (failure.status === 404) keep(null); // that conversation is gone: the next question begins a new one
    turn.fail(failure, () => attempt(turn, question, key));
    if (failure.lasting && !field.value) field.value = question;
  } finally {
    busy(false);
    grow();
  }
}

/** A turn that the page asked for itself: whoever has the conversation now, its panel says. */
function told(reply, element) {
  shown.set(reply.turn_id, element);
  if (handoff.conversationId !== reply.conversation_id) handoff.follow(reply.conversation_id);
  const withPeople = ["handed_off", "with_human"].includes(reply.outcome);
  if (withPeople || handoff.open) handoff.soon(0);
}

/** Turns that followed on the turn `after`, those that are not there yet each in its place. */
function catchUp(turns, after) {
  let before = shown.get(after);
  for (const turn of turns) {
    let element = shown.get(turn.turn_id);
    if (!element) {
      const added = view(turn.question);
      element = added.element;
      if (before) before.after(element);
      added.finish(turn);
      shown.set(turn.turn_id, element);
      if (turn.answered_by === "human") element.scrollIntoView({ block: "nearest" });
    }
    before = element;
  }
}

function retireOthers(turn) {
  for (const other of views) if (other !== turn) other.retire();
}

function notice(text) {
  const line = document.createElement("p");
  line.className = "left";
  line.textContent = text;
  log.append(line);
  line.scrollIntoView({ block: "nearest" });
}

function keep(id) {
  conversationId = id;
  if (id) sessionStorage.setItem(KEPT, id);
  else sessionStorage.removeItem(KEPT);
}

function busy(now) {
  asking = now;
  sendButton.disabled = now || !field.value.trim();
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
  sendButton.disabled = asking || !field.value.trim();
}

async function restore() {
  if (!conversationId) return;
  try {
    const { turns, handoff: latest } = await conversation(conversationId);
    if (!turns.length) return keep(null);
    handoff.follow(conversationId);
    handoff.learn({ turns, handoff: latest });
    retireOthers(views.at(-1));
    log.lastElementChild?.scrollIntoView({ block: "start" });
    if (latest?.status === "resolved" && latest.closed_at > turns[turns.length - 1].asked_at) {
      handoff.left(handoff.name(latest.by));
    }
  } catch {
    // the page works without: the next question says what is wrong
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question || asking) return;
  field.value = "";
  grow();
  field.focus();
  put(question);
});

field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

for (const button of document.querySelectorAll(".example")) {
  button.addEventListener("click", () => {
    field.focus({ preventScroll: true });
    put(button.dataset.question);
  });
}

document.getElementById("human").addEventListener("click", () => put(HUMAN));

newButton.addEventListener("click", () => {
  keep(null);
  shown.clear();
  handoff.follow(null);
  log.replaceChildren();
  views = [];
  welcome.hidden = false;
  newButton.hidden = true;
  document.getElementById("scroll").scrollTo({ top: 0 });
  field.focus();
});

grow();
await restore();
document.documentElement.dataset.ready = "true";
