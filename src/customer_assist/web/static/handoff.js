// A conversation in a person's hands: who has it, what is new, and the way back.

import { button, h, say } from "./dom.js";
import { leaveAddress, look } from "./service.js";

const SECONDS = { seen: 3, unseen: 10, hidden: 15, failed: 10 };

/**
 * Watches a conversation while a handoff is open.
 * `show(turns, after)` is called with the turns since the last look, which are those after that turn, oldest first;
 * `left(name)` when the person has left; `changed(open)` with the open handoff or null; `busy()` says whether
 * something is being asked, `seen()` whether the chat is open. What is fetched counts as read by the customer: so
 * a closed chat on a page that nobody looks at fetches nothing.
 */
export class Handoff {
  constructor({ t, memory, name, show, left, back, busy, seen, changed }) {
    Object.assign(this, { t, memory, name, show, left, busy, seen, changed });
    this.status = h("strong");
    this.promise = h("span");
    this.said = h("output");
    this.field = h("input#email", {
      type: "email",
      maxlength: 254,
      autocomplete: "email",
      placeholder: "name@example.com",
    });
    this.address = h(
      "form",
      { novalidate: true, onsubmit: (event) => this.leave(event) },
      h("label", { for: "email" }, t("email")),
      this.field,
      h("button", { type: "submit" }, t("save")),
      button("button#no-address", { onclick: () => this.noAddress() }, t("notNow")),
    );
    this.panel = h(
      "section.column#handoff",
      { "aria-label": t("handoff"), hidden: true },
      h(
        "div.handoff",
        {},
        h("p", { role: "status" }, this.status, " ", this.promise),
        button("button.quiet#back", { onclick: back }, t("backToAssistant")),
        this.address,
        this.said,
      ),
    );
    this.follow(null);
    document.addEventListener("visibilitychange", () => document.hidden || (this.open && this.soon(0)));
  }

  /** Of another conversation from now on, or of none; everything up to the turn `after` is shown. */
  follow(conversationId, after = null) {
    clearTimeout(this.timer);
    this.conversationId = conversationId;
    this.after = after;
    this.open = null;
    this.render();
  }

  /** What the API told about the conversation's latest handoff, and everything that was said by then. */
  learn({ turns, handoff }) {
    const before = this.open;
    this.open = handoff && ["waiting", "taken"].includes(handoff.status) ? handoff : null;
    if (turns.length) {
      this.show(turns, this.after);
      this.after = turns[turns.length - 1].turn_id;
    }
    if (before && handoff?.id === before.id && handoff.status === "resolved") this.left(this.name(handoff.by));
    this.render();
    if (this.open) this.soon(this.pause());
  }

  pause() {
    if (document.hidden) return SECONDS.hidden;
    return this.seen() ? SECONDS.seen : SECONDS.unseen;
  }

  /** Looks for news in so many seconds. */
  soon(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), seconds * 1000);
  }

  async check() {
    const { conversationId } = this;
    if (!conversationId) return;
    if (document.hidden && !this.seen()) return; // coming back to the page looks again
    if (this.busy()) return this.soon(1); // what is being asked now comes with its own answer
    try {
      const news = await look(conversationId, this.after);
      if (this.conversationId !== conversationId) return;
      if (this.busy()) return this.soon(1);
      this.learn(news);
    } catch {
      this.soon(SECONDS.failed);
    }
  }

  render() {
    const { t, open } = this;
    const taken = open?.status === "taken";
    this.panel.hidden = !open;
    this.changed(open);
    if (!open) return;
    say(this.status, taken ? t("talking", { name: this.name(open.by) }) : t("waiting"));
    say(this.promise, taken ? "" : open.promise || t("goOn"));
    this.address.hidden = this.memory.kept.get("address") === open.id;
  }

  async leave(event) {
    event.preventDefault();
    if (!this.field.value.trim()) return this.noAddress();
    try {
      await leaveAddress(this.conversationId, this.field.value.trim());
      this.field.value = "";
      this.noAddress();
      this.said.textContent = this.t("addressKept");
    } catch (failure) {
      this.said.textContent = failure.status === 400 ? this.t("badAddress") : failure.explain(this.t);
    }
  }

  /** One was left, or is not wanted: not asked for again in this handoff. */
  noAddress() {
    this.said.textContent = "";
    if (this.open) this.memory.kept.set("address", this.open.id);
    this.render();
  }
}
