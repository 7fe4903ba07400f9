// What is remembered over pages of a site and over reloads, in the storage of the site that shows the chat.

const KEY = "customer-assist";
const HOUR = 3_600_000;

/**
 * `kept` (the conversation): for so many hours after it was last used, in all tabs; with 0 hours, until the tab
 * is closed. `tab` (is it open, what is being written): until the tab is closed.
 * Where a browser refuses to keep anything, both last as long as the page.
 */
export class Memory {
  constructor(hours) {
    this.tab = new Shelf("sessionStorage", `${KEY}-tab`);
    this.kept = new Shelf(hours > 0 ? "localStorage" : "sessionStorage", KEY, hours * HOUR);
  }
}

class Shelf {
  constructor(storage, key, milliseconds = 0) {
    this.storage = storage;
    this.key = key;
    this.milliseconds = milliseconds;
    this.fallback = null;
  }

  get(name) {
    return this.read()[name] ?? null;
  }

  /** null forgets. */
  set(name, value) {
    const all = { ...this.read(), [name]: value ?? undefined, at: Date.now() };
    try {
      window[this.storage].setItem(this.key, JSON.stringify(all));
      this.fallback = null;
    } catch {
      this.fallback = all; // full, or not allowed: the page remembers
    }
  }

  read() {
    let all = this.fallback ?? {};
    try {
      all = this.fallback ?? JSON.parse(window[this.storage].getItem(this.key)) ?? {};
    } catch {
      // not allowed, or not ours
    }
    const over = this.milliseconds && !(Date.now() - all.at < this.milliseconds);
    return over ? {} : all;
  }
}
