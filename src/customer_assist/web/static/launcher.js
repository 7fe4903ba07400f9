// The button on somebody else's page, and the panel that it opens.

import { button, h, icon, say, sheet } from "./dom.js";
import { choose, words } from "./language.js";
import { look } from "./look.js";
import { Memory } from "./memory.js";
import { meta } from "./service.js";

const NAME = "customer-assist";
const HOURS = 24; // that a conversation is kept after it was last used
const TYPED = ["keydown", "keyup", "keypress", "input", "beforeinput"]; // no business of the page's own shortcuts

let launched = false; // two lines on a page make one button

/** `options`: the data-attributes of the script's element. Nothing is shown before the assistant has answered. */
export async function launch(options) {
  if (launched) return;
  launched = true;
  const about = await answer();
  if (!about) return;
  const language = choose(options.lang, document.documentElement.lang, ...navigator.languages);
  const [t, ...sheets] = await Promise.all([words(language), sheet("look.css"), sheet("launcher.css")]);
  new Launcher({ options, about, t, sheets }).show();
}

/** What the assistant says of itself; null where it does not talk to this page, which is said to who looks for why. */
async function answer() {
  try {
    return await meta();
  } catch (failure) {
    if (navigator.onLine) {
      warn(failure);
      return null;
    }
    await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
    return answer();
  }
}

function warn(failure) {
  const { origin } = new URL(import.meta.url);
  console.warn(
    `customer-assist: no chat on this page, because ${origin} does not answer it (${failure.message}). ` +
      `If it runs, it must be told to: CUSTOMER_ASSIST_ORIGINS=${location.origin}`,
  );
}

class Launcher {
  constructor({ options, about, t, sheets }) {
    Object.assign(this, { options, about, t, opened: false, unread: 0 });
    const hours = Number(options.keep ?? HOURS);
    this.memory = new Memory(Number.isFinite(hours) ? hours : HOURS);
    this.title = options.title || about.business || t("support");
    this.host = document.createElement(NAME);
    this.host.dataset.mode = "widget";
    this.badge = h("span.badge", { "aria-hidden": "true", hidden: true });
    this.button = button(
      "button.launch",
      { "aria-expanded": "false", "aria-haspopup": "dialog", onclick: () => (this.opened ? this.close() : this.open()) },
      icon("chat", "talk"),
      icon("close", "shut"),
      this.badge,
    );
    for (const sign of ["pointerenter", "focus"]) {
      this.button.addEventListener(sign, () => this.load().catch(() => {}), { once: true });
    }
    this.word = h("p.word", { role: "status" });
    this.news = h("p.unseen", { role: "status" });
    this.root = h(
      `div.widget.look.${options.position === "left" ? "at-left" : "at-right"}`,
      { lang: t.language },
      this.button,
      this.word,
      this.news,
    );
    look(this.root, { theme: options.theme, colour: options.color || about.color });
    this.shadow = this.host.attachShadow({ mode: "open" });
    this.shadow.adoptedStyleSheets = sheets;
    this.shadow.append(this.root);
    for (const type of TYPED) this.host.addEventListener(type, (event) => event.stopPropagation());
    this.name();
  }

  /** Outside of the body, which pages replace and transform, and above everything else where the browser can. */
  show() {
    document.documentElement.append(this.host);
    try {
      this.host.popover = "manual";
      this.host.showPopover();
    } catch {
      // its z-index has to do
    }
    new MutationObserver(() => this.obey()).observe(this.host, { attributeFilter: ["data-open"] });
    visualViewport?.addEventListener("resize", () => this.fit());
    visualViewport?.addEventListener("scroll", () => this.fit());
    this.host.dataset.ready = "launcher";
    const { tab, kept } = this.memory;
    const wanted = tab.get("open") ?? ("open" in this.options && this.options.open !== "false");
    if (wanted && !small()) this.open({ focus: false });
    else if (kept.get("handoff")) this.load().catch(() => {}); // a person may have written
  }

  async open({ focus = true } = {}) {
    this.opened = true;
    say(this.word, "");
    this.button.setAttribute("aria-busy", "true");
    try {
      await this.load();
    } catch {
      this.opened = false;
      say(this.word, this.t("unavailable"));
      return;
    } finally {
      this.button.removeAttribute("aria-busy");
    }
    if (!this.opened) return;
    this.chat.root.hidden = false;
    this.fit();
    this.unread = 0;
    this.tell();
    this.chat.shownAgain();
    if (focus) this.chat.takeKeyboard();
  }

  close() {
    this.opened = false;
    if (this.chat) this.chat.root.hidden = true;
    this.tell();
    this.button.focus();
  }

  /** The rest of the chat, once it is wanted. */
  load() {
    this.loading ??= this.fetch().catch((failure) => {
      this.loading = null;
      throw failure;
    });
    return this.loading;
  }

  async fetch() {
    const [{ Chat }, css] = await Promise.all([import("./chat.js"), sheet("chat.css")]);
    this.shadow.adoptedStyleSheets = [...this.shadow.adoptedStyleSheets, css];
    this.chat = new Chat({
      t: this.t,
      meta: this.about,
      title: this.title,
      memory: this.memory,
      page: false,
      seen: () => this.opened,
      news: (name) => this.wrote(name),
      close: () => this.close(),
    });
    this.root.append(this.chat.root);
    this.chat.restore().then(() => (this.host.dataset.ready = "chat"));
  }

  wrote(name) {
    if (this.opened) return;
    this.unread += 1;
    this.name();
    this.news.textContent = ""; // the same name again is read out again
    say(this.news, this.t("wrote", { name }));
  }

  /** Opened or closed, for everybody: the button, the next page, and the site's own scripts. */
  tell() {
    this.host.toggleAttribute("data-open", this.opened);
    this.button.setAttribute("aria-expanded", String(this.opened));
    this.memory.tab.set("open", this.opened);
    this.name();
  }

  name() {
    const { t, unread, host } = this;
    const news = unread ? ` · ${t("unread", { count: unread })}` : "";
    this.button.setAttribute("aria-label", t(this.opened ? "closeChat" : "openChat") + news);
    this.badge.hidden = !unread;
    say(this.badge, unread ? String(unread) : "");
    if (unread) host.dataset.unread = unread;
    else delete host.dataset.unread;
  }

  /** The site opens and closes the chat by the attribute. */
  obey() {
    const wanted = this.host.hasAttribute("data-open");
    if (wanted && !this.opened) this.open();
    else if (!wanted && this.opened && this.button.getAttribute("aria-expanded") === "true") this.close();
  }

  /** On a small screen the panel fills what the keyboard leaves of it. */
  fit() {
    if (!visualViewport || visualViewport.scale !== 1) return; // who zooms in wants a part of it
    this.root.style.setProperty("--above", `${visualViewport.offsetTop}px`);
    this.root.style.setProperty("--room", `${visualViewport.height}px`);
  }
}

function small() {
  return matchMedia("(max-width: 480px), (max-height: 480px)").matches; // as in chat.css
}
