// What the chat is made of: header, welcome, conversation, and the field to write in.

import { button, h, icon } from "./dom.js";

/**
 * The chat's elements by name; `root` is what holds them all. `page`: it is a page by itself, with a way to skip to
 * the field, rather than a dialog on somebody else's, which can be closed.
 */
export function panel({ t, meta, title, page, handoff }) {
  const business = meta.business;
  const [header, main, footer] = page ? ["header", "main", "footer"] : ["div", "div", "div"]; // those of the page are its own
  const parts = {
    log: h("div.log#log", {
      role: "log",
      "aria-live": "polite",
      "aria-relevant": "additions",
      "aria-label": t("conversation"),
    }),
    newButton: button(
      "button.quiet#new-conversation",
      { hidden: true, title: t("newConversation") },
      icon("plus"),
      h("span", {}, t("newConversation")),
    ),
    closeButton: button("button.close", { title: t("closeChat"), "aria-label": t("closeChat") }, icon("close")),
    who: h("span#who-answers", {}, t("assistant")),
    offline: h("p.offline", { role: "status" }),
    welcome: welcome({ t, meta }),
    field: h("textarea#question", {
      dir: "auto",
      rows: 1,
      placeholder: t("placeholder"),
      maxlength: meta.max_question,
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": "composer-note",
    }),
    sendButton: h("button.send", { type: "submit", "aria-label": t("send") }, icon("send")),
    humanButton: button("button.plain#human", {}, t("human")),
  };
  const heading = h(page ? "h1" : "h2", {}, title);
  const initial = h("span.mark", { "aria-hidden": "true" }, [...title][0]);
  parts.top = h(
    `${header}.top`,
    {},
    h(
      "div.column.top-row",
      {},
      initial,
      h("div.who", {}, heading, h("p", {}, h("span.dot", { "aria-hidden": "true" }), parts.who)),
      parts.newButton,
      page ? null : parts.closeButton,
    ),
    meta.demo ? h("p.demo", {}, h("span.column", {}, t("demo"))) : null,
    parts.offline,
  );
  parts.scroller = h(`${main}#scroll`, { tabindex: 0 }, h("div.column", {}, parts.welcome, parts.log));
  const note = business ? t("note", { business }) : t("noteNoName");
  parts.form = h(
    "form.column#ask",
    { autocomplete: "off", novalidate: true },
    h("div.composer", {}, h("label.unseen", { for: "question" }, t("question")), parts.field, parts.sendButton),
    h("p.note#composer-note", {}, note, " ", h("span.keys", {}, t("keys"))),
    h("p.note", {}, parts.humanButton),
  );
  const skip = h("a.skip", { href: "#question" }, t("skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault(); // an address leads to nothing within a shadow root
    parts.field.focus();
  });
  const place = page ? {} : { role: "dialog", "aria-label": title, "aria-modal": "false", hidden: true };
  parts.root = h(
    `div.chat${page ? ".page" : ".panel"}`,
    { lang: t.language, tabindex: -1, ...place },
    page ? skip : null,
    parts.top,
    parts.scroller,
    h(`${footer}.bottom`, {}, handoff, parts.form),
  );
  return parts;
}

function welcome({ t, meta }) {
  const { business } = meta;
  const own = business ? t("greeting", { business }) : t("greetingNoName");
  const examples = meta.examples.map((question) =>
    h("li", {}, button("button.example", { "data-question": question }, h("span", {}, question), icon("fold"))),
  );
  const list = [
    h("h3#examples-title", {}, t("examples")),
    h("ul.examples", { lang: meta.language, "aria-labelledby": "examples-title" }, ...examples),
  ];
  return h(
    "section.welcome#welcome",
    { "aria-label": t("welcome") },
    h("h2", {}, t("howHelp")),
    h("p", {}, t.language === "en" ? meta.greeting : own),
    ...(examples.length ? list : []),
  );
}
