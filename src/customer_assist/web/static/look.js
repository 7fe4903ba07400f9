// Light or dark, and whose colour: on one element, by way of CSSOM.

import { isColour, palette } from "./colour.js";

/** `theme` is "light", "dark" or, by what the visitor's system says, anything else; see look.css. */
export function look(element, { theme, colour }) {
  if (theme === "light" || theme === "dark") element.classList.add(theme);
  if (!isColour(colour)) return;
  const dark = palette(colour, true);
  for (const [name, light] of Object.entries(palette(colour, false))) {
    element.style.setProperty(name, light === dark[name] ? light : `light-dark(${light}, ${dark[name]})`);
  }
}
