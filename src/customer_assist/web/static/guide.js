// A procedure that is shown one step at a time: where the customer is, and what they can say with one click.

/** Asks to be taken through the steps of an answer, which is named: it need not be the latest. */
export function stepsButton(title, ask) {
  const button = sayButton("Step by step", `Step by step: ${title}`, ask);
  button.className = "quiet stepwise";
  button.title = `Show “${title}” one step at a time`;
  return button;
}

export function guidePanel({ title, step, of }, ask) {
  const element = document.createElement("section");
  element.className = "guide";
  element.setAttribute("aria-label", `Step by step: ${title}`);

  const where = document.createElement("p");
  where.textContent = `Step ${step} of ${of}`;
  const progress = document.createElement("progress");
  progress.max = of;
  progress.value = step;
  progress.setAttribute("aria-label", `Step ${step} of ${of}`);

  const row = document.createElement("div");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Go on");
  const last = step === of;
  const buttons = [
    sayButton("Back", "Back", ask),
    sayButton("Repeat", "Repeat", ask),
    ...(last ? [] : [sayButton("Next", "Next", ask)]),
    sayButton("That didn’t work", "That didn’t work", ask),
    sayButton("Done", "All done", ask),
  ];
  buttons[0].disabled = step === 1;
  buttons[last ? buttons.length - 1 : 2].classList.add("main");
  row.append(...buttons);
  element.append(where, progress, row);

  return {
    element,
    retire: () => row.remove(),
    focus(name) {
      const enabled = buttons.filter((button) => !button.disabled);
      const main = buttons.find((button) => button.classList.contains("main"));
      (enabled.find((button) => button.textContent === name) ?? main).focus({ preventScroll: true });
      return true;
    },
  };
}

function sayButton(name, message, ask) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", () => ask(message, name));
  return button;
}
