// A conversation in a person's hands: who has it, what is new, and the way back.

import { leaveAddress, look } from "./service.js";

const SECONDS = { seen: 3, hidden: 15, failed: 10 };
const ADDRESS = "customer-assist-address"; // the handoff for which an address was left, or not wanted

/**
 * Watches a conversation while a handoff is open.
 * `show(turns, after)` is called with the turns since the last look, which are those after that turn, oldest first;
 * `left(name)` when the person has left.
 */
export class Handoff {
  constructor({ show, left, back, busy }) {
    this.show = show;
    this.left = left;
    this.busy = busy;
    this.panel = document.getElementById("handoff");
    this.status = this.panel.querySelector("strong");
    this.promise = this.panel.querySelector("span");
    this.address = this.panel.querySelector("form");
    this.said = this.panel.querySelector("output");
    this.who = document.getElementById("who-answers");
    this.assistant = this.who.textContent;
    this.business = document.querySelector("h1").textContent;
    this.follow(null);
    document.getElementById("back").addEventListener("click", back);
    document.getElementById("no-address").addEventListener("click", () => this.noAddress());
    this.address.addEventListener("submit", (event) => this.leave(event));
    document.addEventListener("visibilitychange", () => document.hidden || (this.open && this.soon(0)));
  }

  /** Of another conversation from now on, or of none; everything up to the turn `after` is on the page. */
  follow(conversationId, after = null) {
    clearTimeout(this.timer);
    this.conversationId = conversationId;
    this.after = after;
    this.open = null;
    this.render();
  }

  /** What the page was told about the conversation's latest handoff, and everything that was said by then. */
  learn({ turns, handoff }) {
    const before = this.open;
    this.open = handoff && ["waiting", "taken"].includes(handoff.status) ? handoff : null;
    if (turns.length) {
      this.show(turns, this.after);
      this.after = turns[turns.length - 1].turn_id;
    }
    if (before && handoff?.id === before.id && handoff.status === "resolved") this.left(this.name(handoff.by));
    this.render();
    if (this.open) this.soon(document.hidden ? SECONDS.hidden : SECONDS.seen);
  }

  /** Looks for news in so many seconds. */
  soon(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), seconds * 1000);
  }

  async check() {
    const { conversationId } = this;
    if (!conversationId) return;
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

  name(by) {
    const business = this.business || "our team";
    return by ? `${by}, ${business}` : business;
  }

  render() {
    const taken = this.open?.status === "taken";
    this.panel.hidden = !this.open;
    document.body.classList.toggle("handed-over", Boolean(this.open));
    this.who.textContent = taken ? "A person of our team" : this.assistant;
    if (!this.open) return;
    set(this.status, taken ? `You are talking with ${this.name(this.open.by)}.` : "Waiting for a person.");
    set(this.promise, taken ? "" : this.open.promise || "You can go on writing.");
    this.address.hidden = sessionStorage.getItem(ADDRESS) === this.open.id;
  }

  async leave(event) {
    event.preventDefault();
    const field = this.address.querySelector("input");
    if (!field.value.trim()) return this.noAddress();
    try {
      await leaveAddress(this.conversationId, field.value.trim());
      field.value = "";
      this.noAddress();
      this.said.textContent = "Thank you, we have your address.";
    } catch (failure) {
      this.said.textContent = failure.message;
    }
  }

  noAddress() {
    this.said.textContent = "";
    if (this.open) sessionStorage.setItem(ADDRESS, this.open.id);
    this.render();
  }
}

/** Only where it is different: what stays the same is not read out again. */
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
