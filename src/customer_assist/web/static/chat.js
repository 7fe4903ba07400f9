// The chat: one conversation, on a page of its own or as a panel on somebody else's.

import { Handoff } from "./handoff.js";
import { h, say } from "./dom.js";
import { panel } from "./panel.js";
import { sent } from "./says.js";
import { ask, conversation, Failure, newKey, rate } from "./service.js";
import { TurnView } from "./turn.js";

const BUSY_ELSEWHERE = "request_in_progress"; // sent by the page before this one, and being answered
const STILL_TRIED = 20;
const ASKED_ELSEWHERE = "idempotency_key_reused"; // it did arrive, before the conversation was another one

/**
 * `meta`: whose assistant it is; `title`: what stands above; `page`: on a page by itself.
 * `news(name)` is called when a person has written, `close` by the button that closes, `seen()` says whether it is
 * open.
 */
export class Chat {
  constructor({ t, meta, title, memory, page, seen = () => true, news = () => {}, close = () => {} }) {
    Object.assign(this, { t, memory, page, seen, news, asking: false, era: 0, views: [], shown: new Map() });
    this.business = meta.business || t("ourTeam");
    this.language = meta.language;
    this.conversationId = memory.kept.get("conversation");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.handoff = new Handoff({
      t,
      memory,
      seen,
      name: (by) => (by ? `${by}, ${this.business}` : this.business),
      show: (turns, after) => this.catchUp(turns, after),
      left: (name) => this.notice(t("left", { name })),
      back: () => this.put(sent("saidBack")),
      busy: () => this.asking,
      changed: (open) => this.handedOver(open),
    });
    this.parts = panel({ t, meta, title, page, handoff: this.handoff.panel });
    this.root = this.parts.root;
    this.listen(close);
    this.grow();
  }

  listen(close) {
    const { form, field, humanButton, newButton, closeButton, root, welcome } = this.parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    field.addEventListener("input", () => {
      this.memory.tab.set("draft", field.value);
      this.grow();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return; // 229: Safari, still composing
      event.preventDefault();
      form.requestSubmit();
    });
    for (const example of welcome.querySelectorAll(".example")) {
      example.addEventListener("click", () => {
        field.focus({ preventScroll: true });
        this.put(example.dataset.question);
      });
    }
    humanButton.addEventListener("click", () => this.put(sent("saidHuman")));
    newButton.addEventListener("click", () => this.beginAnew());
    closeButton.addEventListener("click", close);
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) close();
    });
    addEventListener("offline", () => this.connection());
    addEventListener("online", () => this.connection());
    this.connection();
  }

  /** Whether the browser is online; what was held meanwhile is sent. */
  connection() {
    say(this.parts.offline, navigator.onLine ? "" : this.t("offline"));
    if (!navigator.onLine || !this.held) return;
    const { held } = this;
    this.held = null;
    held();
  }

  submit() {
    const { field } = this.parts;
    const question = field.value.trim();
    if (!question || this.asking) return;
    if (this.recalling) return void this.recalling.then(() => this.submit());
    this.write("");
    field.focus();
    this.put(question);
  }

  write(text) {
    this.parts.field.value = text;
    this.memory.tab.set("draft", text || null);
    this.grow();
  }

  view(question) {
    const turn = new TurnView(question, {
      t: this.t,
      business: this.business,
      language: this.language,
      deeds: {
        ask: (message, button) => this.put(message, button),
        rate: (rated, value) => this.thumb(turn, rated, value),
        human: () => this.put(sent("saidHuman")),
      },
    });
    this.parts.welcome.hidden = true;
    this.parts.newButton.hidden = false;
    this.parts.log.append(turn.element);
    this.views.push(turn);
    return turn;
  }

  /** `button`: the name of the guide's button that says it, for the keyboard to find it again. */
  async put(question, button) {
    await this.recalling; // what was said before comes first
    if (this.asking) return;
    if (!button && this.focused()) this.takeKeyboard(); // what was pressed may go away
    const turn = this.view(question);
    const key = newKey(); // kept for another try: a question that did arrive is not asked twice
    await this.attempt(turn, question, key);
    if (button && !this.focused() && !turn.focusGuide(button)) this.parts.field.focus();
  }

  /** Keeps the rating. A first thumb down on the latest answer asks for another one, unless the customer is writing. */
  async thumb(turn, rated, value) {
    await rate({ conversationId: rated.conversation_id, turnId: rated.turn_id, value });
    const again = rated.rating === value;
    rated.rating = value;
    if (value !== -1 || again || rated.outcome !== "answered") return;
    const writing = this.parts.field.value.trim();
    if (turn === this.views.at(-1) && !this.asking && !writing) this.put(sent("saidNotHelped"));
  }

  async attempt(turn, question, key, tried = 0) {
    const { era, conversationId } = this;
    const later = () => this.attempt(turn, question, key);
    this.memory.tab.set("unsent", { question, key });
    this.busy(true);
    if (!navigator.onLine) return this.hold(turn, later);
    turn.begin();
    this.scrollTo(turn.element);
    try {
      const channel = this.page ? "web" : "widget";
      const onText = (text) => turn.add(text);
      const reply = await ask({ question, conversationId, key, channel, onText });
      if (era === this.era) this.arrived(turn, reply);
    } catch (error) {
      if (era !== this.era) return;
      const failure = error instanceof Failure ? error : unforeseen(error);
      if (failure.code === BUSY_ELSEWHERE && tried < STILL_TRIED) {
        setTimeout(() => era === this.era && this.attempt(turn, question, key, tried + 1), 1000);
        return;
      }
      if (failure.code === ASKED_ELSEWHERE) return this.attempt(turn, question, newKey());
      if (!navigator.onLine) return this.hold(turn, later);
      if (failure.status === 404) this.keep(null); // that conversation is gone: the next question begins a new one
      turn.fail(failure, () => this.asking || later());
      if (failure.lasting) {
        this.memory.tab.set("unsent", null);
        if (!this.parts.field.value) this.write(question);
      }
    }
    this.busy(false);
  }

  arrived(turn, reply) {
    this.memory.tab.set("unsent", null);
    this.keep(reply.conversation_id);
    if (this.shown.has(reply.turn_id)) return this.drop(turn); // asked before a reload, and restored by it
    turn.finish(reply);
    const before = turn.element.getBoundingClientRect().top;
    this.retireOthers(turn); // above it, which must not move what is being read
    this.parts.scroller.scrollTop += turn.element.getBoundingClientRect().top - before;
    if (reply.logged) this.told(reply, turn.element);
  }

  /** Sent once the browser is online; nothing else can be asked before. */
  hold(turn, later) {
    turn.hold();
    this.held = later;
    this.scrollTo(turn.element);
  }

  drop(turn) {
    turn.element.remove();
    this.views = this.views.filter((other) => other !== turn);
  }

  /** A turn that was asked for here: whoever has the conversation now, its panel says. */
  told(reply, element) {
    this.shown.set(reply.turn_id, element);
    this.markSeen();
    if (this.handoff.conversationId !== reply.conversation_id) this.handoff.follow(reply.conversation_id);
    const withPeople = ["handed_off", "with_human"].includes(reply.outcome);
    if (withPeople || this.handoff.open) this.handoff.soon(0);
  }

  /** Turns that followed on the turn `after`, those that are not there yet each in its place. */
  catchUp(turns, after) {
    let before = this.shown.get(after);
    for (const turn of turns) {
      let element = this.shown.get(turn.turn_id);
      if (!element) {
        const added = this.view(turn.question);
        element = added.element;
        if (before) before.after(element);
        added.finish(turn);
        this.shown.set(turn.turn_id, element);
        if (turn.answered_by === "human") this.scrollTo(element, "end");
      }
      before = element;
    }
    this.tellNews(turns);
  }

  /** Of a closed chat: who has written since it was last open, on this page or another. */
  tellNews(turns) {
    if (this.seen()) return this.markSeen();
    const lastSeen = this.memory.kept.get("seen");
    const at = turns.findIndex((turn) => turn.turn_id === lastSeen);
    for (const turn of turns.slice(at + 1)) {
      if (turn.answered_by === "human") this.news(this.handoff.name(turn.by));
    }
  }

  markSeen() {
    const latest = [...this.shown.keys()].at(-1);
    if (latest && this.memory.kept.get("seen") !== latest) this.memory.kept.set("seen", latest);
  }

  retireOthers(turn) {
    for (const other of this.views) if (other !== turn) other.retire();
  }

  notice(text) {
    const line = h("p.left", {}, text);
    this.parts.log.append(line);
    this.scrollTo(line, "end");
  }

  handedOver(open) {
    if (!this.root) return; // not built yet
    const { kept } = this.memory;
    const id = open?.id ?? null;
    if (kept.get("handoff") !== id) kept.set("handoff", id); // while one is open, a closed chat looks for replies
    this.root.classList.toggle("handed-over", Boolean(open));
    say(this.parts.who, this.t(open?.status === "taken" ? "person" : "assistant"));
  }

  keep(id) {
    this.conversationId = id;
    this.memory.kept.set("conversation", id);
  }

  busy(now) {
    this.asking = now;
    this.grow();
  }

  /** The panel was opened: what could not be measured while it was hidden is. */
  shownAgain() {
    this.grow();
    this.markSeen();
    const last = this.parts.log.lastElementChild;
    if (last) this.scrollTo(last);
    if (this.handoff.open) this.handoff.soon(0);
  }

  focused() {
    return this.root.getRootNode().activeElement;
  }

  /** Where there is no keyboard, focusing the field would bring one up over what there is to read. */
  takeKeyboard() {
    const touch = matchMedia("(hover: none)").matches;
    (touch ? this.root : this.parts.field).focus({ preventScroll: true });
  }

  grow() {
    const { field, sendButton } = this.parts;
    field.style.height = "auto";
    if (field.scrollHeight) field.style.height = `${field.scrollHeight}px`;
    sendButton.disabled = this.asking || !field.value.trim();
  }

  /** Within the chat alone: scrollIntoView would move the page around it as well. */
  scrollTo(element, place = "start") {
    const { scroller } = this.parts;
    const there = element.getBoundingClientRect();
    const here = scroller.getBoundingClientRect();
    let by = there.top - here.top;
    if (place === "end") {
      if (there.top >= here.top && there.bottom <= here.bottom) return;
      by = Math.min(by, there.bottom - here.bottom);
    }
    scroller.scrollBy({ top: by, behavior: this.still.matches ? "instant" : "smooth" });
  }

  beginAnew() {
    this.era += 1;
    this.held = null;
    this.memory.tab.set("unsent", null);
    this.keep(null);
    this.shown.clear();
    this.handoff.follow(null);
    this.parts.log.replaceChildren();
    this.views = [];
    this.parts.welcome.hidden = false;
    this.parts.newButton.hidden = true;
    this.parts.scroller.scrollTo({ top: 0 });
    this.busy(false);
    this.parts.field.focus();
  }

  /** What was said before, what could not be sent, and what was being written. */
  async restore() {
    this.recalling = this.recall();
    await this.recalling;
    this.recalling = null;
    const unsent = this.memory.tab.get("unsent");
    if (unsent) this.attempt(this.view(unsent.question), unsent.question, unsent.key);
    const draft = this.memory.tab.get("draft");
    if (draft && !this.parts.field.value) this.write(draft);
  }

  async recall() {
    const id = this.conversationId;
    if (!id) return;
    try {
      const { turns, handoff: latest } = await conversation(id);
      if (!turns.length) return this.keep(null);
      this.handoff.follow(id);
      this.handoff.learn({ turns, handoff: latest });
      this.retireOthers(this.views.at(-1));
      this.scrollTo(this.parts.log.lastElementChild);
      if (latest?.status === "resolved" && latest.closed_at > turns[turns.length - 1].asked_at) {
        this.handoff.left(this.handoff.name(latest.by));
      }
    } catch {
      // it works without: the next question says what is wrong
    }
  }
}

/** Of a page whose own scripts changed what the chat stands on, or of a fault of ours: the customer can go on. */
function unforeseen(error) {
  console.error(error);
  return new Failure("cutOff");
}
