// A procedure that is shown one step at a time: where the customer is, and what they can say with one click.

import { button, h, icon } from "./dom.js";
import { inlineMarkdown } from "./markdown.js";
import { sent, sentForSteps } from "./says.js";

/** Asks to be taken through the steps of an answer, which is named: it need not be the latest. */
export function stepsButton(title, { t, ask }) {
  const attributes = { title: t("stepwiseTitle", { title }), onclick: () => ask(sentForSteps(title), "stepwise") };
  return button("button.quiet.stepwise", attributes, t("stepwise"));
}

export function guidePanel({ title, step, of, steps = [] }, { t, ask }) {
  const where = t("step", { step, of });
  const list = h("ol.steps", {}, ...steps.map((text, at) => stepLine(text, at + 1, step, t)));
  const moves = ["guideBack", "guideRepeat", "guideNext", "guideStuck", "guideDone"];
  const buttons = new Map();
  for (const move of moves) {
    if (move === "guideNext" && step === of) continue;
    const message = sent(move === "guideDone" ? "saidDone" : move);
    const disabled = move === "guideBack" && step === 1;
    buttons.set(move, button("button", { disabled, onclick: () => ask(message, move) }, t(move)));
  }
  const main = buttons.get("guideNext") ?? buttons.get("guideDone");
  main.classList.add("main");
  const row = h("div.moves", { role: "group", "aria-label": t("guideMoves") }, ...buttons.values());
  const element = h(
    "section.guide",
    { "aria-label": t("stepwiseOf", { title }) },
    h("p", {}, where),
    h("progress", { max: of, value: step, "aria-label": where }),
    row,
    list,
  );

  return {
    element,
    retire() {
      list.remove();
      row.remove();
    },
    /** On the button of that name, where it can be pressed, else on the one that goes on. */
    focus(name) {
      const wanted = buttons.get(name);
      (wanted && !wanted.disabled ? wanted : main).focus({ preventScroll: true });
      return true;
    },
  };
}

/** Ticked, where the customer is, or still to come. */
function stepLine(text, number, current, t) {
  const done = number < current;
  const state = done ? "done" : number === current ? "current" : "ahead";
  return h(
    `li.${state}`,
    { "aria-current": number === current && "step" },
    h("span.mark", { "aria-hidden": "true" }, done ? icon("tick") : String(number)),
    h("span.text", {}, inlineMarkdown(text.replace(/\s+/g, " "))),
    done ? h("span.unseen", {}, ` (${t("stepDone")})`) : null,
  );
}
