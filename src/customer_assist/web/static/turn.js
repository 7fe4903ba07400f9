// One question and its answer on the page.

import { guidePanel, stepsButton } from "./guide.js";
import { link, markdown } from "./markdown.js";

const ICONS = {
  source: "M5 3.5h7l3 3v10H5zM7.5 10h5M7.5 13h5",
  fold: "M7 4l6 6-6 6",
  up: "M6.5 9v7.5H4V9zM6.5 9l3-6c1.2 0 2 .8 2 2v3h4.2c.9 0 1.5.8 1.3 1.6l-1.2 5.5c-.2.8-.8 1.4-1.6 1.4H6.5",
  down: "M13.5 11V3.5H16V11zM13.5 11l-3 6c-1.2 0-2-.8-2-2v-3H4.3c-.9 0-1.5-.8-1.3-1.6l1.2-5.5c.2-.8.8-1.4 1.6-1.4h7.7",
};

/**
 * Shows a turn; `ask` is called with another message and, where a guide's button sends it, that button's name; `rate`
 * with the turn and 1 or -1; `human` for a person.
 */
export class TurnView {
  constructor(question, { ask, rate, human }) {
    const template = document.getElementById("turn-template");
    this.element = template.content.firstElementChild.cloneNode(true);
    const asked = this.element.querySelector(".asked");
    asked.querySelector("p").textContent = question;
    asked.hidden = !question; // a person of the business wrote first
    this.reply = this.element.querySelector(".reply");
    this.answer = this.element.querySelector(".answer");
    this.working = this.element.querySelector(".working");
    this.text = "";
    this.ask = ask;
    this.rate = rate;
    this.human = human;
  }

  /** Waiting for the first words, or for another try. */
  begin() {
    this.failure?.remove();
    this.working.hidden = false;
    this.text = "";
    this.answer.replaceChildren();
    this.element.setAttribute("aria-busy", "true"); // read out once it is whole
  }

  add(text) {
    this.working.hidden = true;
    this.text += text;
    this.answer.replaceChildren(markdown(this.text));
  }

  finish(turn) {
    this.working.hidden = true;
    this.answer.replaceChildren(markdown(turn.answer));
    this.element.dataset.outcome = turn.outcome;
    this.element.classList.toggle("human", turn.outcome === "abstained");
    if (turn.answered_by === "human") this.byPerson(turn.by);
    this.reply.hidden = !turn.answer; // a person reads it
    if (turn.guide && !turn.guide.finished) {
      this.guide = guidePanel(turn.guide, this.ask);
      this.reply.append(this.guide.element);
    } else if (turn.outcome === "answered" && turn.steps?.length > 1 && turn.citations.length) {
      this.reply.append(stepsButton(turn.citations[0].title, this.ask));
    }
    if (turn.citations.length) this.reply.append(sources(turn.citations));
    if (turn.alternatives.length) this.reply.append(this.topics(turn));
    if (turn.outcome === "abstained") this.reply.append(this.offer());
    if (ratable(turn)) this.reply.append(this.rating(turn));
    this.element.removeAttribute("aria-busy");
  }

  /** Another turn came: there the guide goes on. */
  retire() {
    this.guide?.retire();
  }

  /** Puts the keyboard where it was in the turn before: on the button of that name; false where there is none. */
  focusGuide(name) {
    return this.guide?.focus(name) ?? false;
  }

  /** What a person of the business wrote, with who did. */
  byPerson(by) {
    const business = document.querySelector("h1").textContent;
    this.element.classList.add("person");
    this.reply.querySelector("h3").remove();
    this.answer.before(made("h3", "name", by ? `${by}, ${business}` : business));
  }

  offer() {
    const button = made("button", "offer", "Talk to a person");
    button.type = "button";
    button.addEventListener("click", this.human);
    return button;
  }

  /** Says what went wrong, and offers `retry` where that can help. */
  fail(failure, retry) {
    this.working.hidden = true;
    this.failure = made("div", "failure");
    this.failure.append(made("p", "", failure.message));
    if (!failure.lasting) this.failure.append(retryButton(failure.retryAfter, retry));
    this.reply.append(this.failure);
    this.element.removeAttribute("aria-busy");
  }

  topics(turn) {
    const section = made("section", "topics");
    const list = document.createElement("ul");
    for (const { title } of turn.alternatives) {
      const button = made("button", "topic", title);
      button.type = "button";
      button.addEventListener("click", () => this.ask(title));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    const heading = turn.outcome === "clarifying" ? "Which one do you mean?" : "Other topics that may help";
    section.append(made("h4", "", heading), list);
    return section;
  }

  rating(turn) {
    const row = made("div", "rating");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "Rate this answer");
    const said = document.createElement("output");
    const thumbs = [
      [1, "up", "Yes, this helped"],
      [-1, "down", "No, this did not help"],
    ].map(([value, icon, label]) => {
      const button = made("button", "thumb");
      button.type = "button";
      button.title = label;
      button.setAttribute("aria-label", label);
      button.setAttribute("aria-pressed", String(turn.rating === value));
      button.append(picture(icon));
      button.addEventListener("click", async () => {
        said.textContent = "";
        said.textContent = await this.rate(turn, value).then(
          () => {
            for (const thumb of thumbs) thumb.setAttribute("aria-pressed", String(thumb === button));
            return "Thank you for your feedback.";
          },
          (failure) => failure.message,
        );
      });
      return button;
    });
    row.append(made("span", "", "Did this help?"), ...thumbs, said);
    return row;
  }
}

/** Only answers and refusals are rated; of a single step it is known at the end whether it helped. */
function ratable(turn) {
  const isStep = turn.guide && turn.move !== "question" && turn.move !== "not_helped";
  return turn.logged && !isStep && ["answered", "abstained"].includes(turn.outcome);
}

function sources(citations) {
  const section = made("section", "sources");
  const list = document.createElement("ul");
  for (const { title, quote, url } of citations) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const fold = picture("fold");
    fold.classList.add("fold");
    summary.append(picture("source"), made("span", "", title), fold);
    const said = document.createElement("blockquote");
    said.append(markdown(quote));
    details.append(summary, said);
    const anchor = url && link(url, "Open the source");
    if (anchor) {
      const line = document.createElement("p");
      line.append(anchor);
      details.append(line);
    }
    const item = document.createElement("li");
    item.append(details);
    list.append(item);
  }
  section.append(made("h4", "", citations.length > 1 ? "Sources" : "Source"), list);
  return section;
}

function retryButton(seconds, retry) {
  const button = made("button", "", "Try again");
  button.type = "button";
  button.addEventListener("click", retry);
  const count = (left) => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
    if (left > 0) setTimeout(count, 1000, left - 1);
  };
  count(seconds);
  return button;
}

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

function picture(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const path = document.createElementNS(namespace, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
