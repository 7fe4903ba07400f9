// The page that is nothing but the chat.

import { Chat } from "./chat.js";
import { sheet } from "./dom.js";
import { choose, words } from "./language.js";
import { look } from "./look.js";
import { Memory } from "./memory.js";

const host = document.querySelector("customer-assist");
const meta = JSON.parse(host.dataset.meta);
const language = choose(host.dataset.lang, ...navigator.languages);
const [t, ...sheets] = await Promise.all([words(language), sheet("look.css"), sheet("chat.css")]);
const memory = new Memory(0); // until the tab is closed
const chat = new Chat({ t, meta, title: meta.business || t("support"), memory, page: true });
const shadow = host.attachShadow({ mode: "open" });
shadow.adoptedStyleSheets = sheets;
shadow.append(chat.root);
chat.root.classList.add("look");
look(chat.root, { theme: host.dataset.theme, colour: meta.color });
host.replaceChildren(); // what was shown without a script
document.documentElement.lang = language;
chat.grow();
await chat.restore();
host.dataset.ready = "chat";
document.documentElement.dataset.ready = "true";
