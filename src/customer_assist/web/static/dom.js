// Elements, built one by one: nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 4.5h12a1.5 1.5 0 0 1 1.5 1.5v6.5A1.5 1.5 0 0 1 16 14H9.5L6 17v-3H4a1.5 1.5 0 0 1-1.5-1.5V6A1.5 1.5 0 0 1 4 4.5z",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  plus: "M10 4v12M4 10h12",
  send: "M10 16V4M5 9l5-5 5 5",
  source: "M5 3.5h7l3 3v10H5zM7.5 10h5M7.5 13h5",
  fold: "M7 4l6 6-6 6",
  tick: "M4.5 10.5l3.5 3.5 7.5-8",
  up: "M6.5 9v7.5H4V9zM6.5 9l3-6c1.2 0 2 .8 2 2v3h4.2c.9 0 1.5.8 1.3 1.6l-1.2 5.5c-.2.8-.8 1.4-1.6 1.4H6.5",
  down: "M13.5 11V3.5H16V11zM13.5 11l-3 6c-1.2 0-2-.8-2-2v-3H4.3c-.9 0-1.5-.8-1.3-1.6l1.2-5.5c.2-.8.8-1.4 1.6-1.4h7.7",
};

/**
 * An element: h("button.quiet#id", { type: "button", onclick: listener }, "text", otherElement).
 * true and false set and leave out an attribute; null is no child.
 */
export function h(kind, attributes = {}, ...children) {
  const [tag, ...marks] = kind.split(/(?=[.#])/);
  const element = document.createElement(tag);
  for (const mark of marks) {
    if (mark[0] === "#") element.id = mark.slice(1);
    else element.classList.add(mark.slice(1));
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** A button that sends no form. */
export function button(kind, attributes, ...children) {
  return h(kind, { type: "button", ...attributes }, ...children);
}

export function icon(name, kind = "") {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  if (kind) svg.setAttribute("class", kind);
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Only where it is different: what stays the same is not read out again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A style sheet of this folder. It is adopted and not linked: a page's style-src need not name us. */
export async function sheet(name) {
  const response = await fetch(new URL(name, import.meta.url), { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new CSSStyleSheet().replace(await response.text());
}
