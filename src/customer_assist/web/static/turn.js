// One question and its answer.

import { button, h, icon } from "./dom.js";
import { guidePanel, stepsButton } from "./guide.js";
import { link, markdown } from "./markdown.js";
import { shown } from "./says.js";

/**
 * Shows a turn. `deeds`: `ask` is called with another message and, where a guide's button sends it, that button's
 * name; `rate` with the turn and 1 or -1; `human` for a person. `business`: whose person may answer; `language`: of
 * its texts, which need not be that of `t`.
 */
export class TurnView {
  constructor(question, { t, business, language, deeds }) {
    this.t = t;
    this.business = business;
    this.language = language;
    this.deeds = deeds;
    this.text = "";
    this.drawing = 0;
    this.answer = h("div.answer");
    const dots = [0, 1, 2].map(() => h("span"));
    this.working = h("p.working", {}, ...dots, h("em.unseen", {}, t("working")));
    this.who = h("h3.unseen", {}, t("answered"));
    this.reply = h("div.reply", {}, this.who, this.working, this.answer);
    // without a question, a person of the business wrote first
    const asked = h("div.asked", { hidden: !question }, h("h3.unseen", {}, t("asked")), h("p", {}, shown(question, t)));
    this.element = h("article.turn", {}, asked, this.reply);
  }

  /** Waiting for the first words, or for another try. */
  begin() {
    this.failure?.remove();
    this.working.hidden = false;
    this.text = "";
    this.draw();
    this.element.setAttribute("aria-busy", "true"); // read out once it is whole
  }

  add(text) {
    this.working.hidden = true;
    this.text += text;
    if (!this.drawing) this.drawing = requestAnimationFrame(() => this.draw());
  }

  /** What has come so far: once for all pieces that one picture of the screen shows. */
  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = 0;
    this.answer.replaceChildren(markdown(this.text));
  }

  finish(turn) {
    const { t, reply } = this;
    this.failure?.remove();
    this.working.hidden = true;
    this.text = turn.answer;
    this.draw();
    this.element.dataset.outcome = turn.outcome;
    this.element.classList.toggle("human", turn.outcome === "abstained");
    if (turn.answered_by === "human") this.byPerson(turn.by);
    if (turn.answered_by === "extractive") this.answer.lang = this.language; // a model may have translated it
    reply.hidden = !turn.answer; // a person reads it
    const said = { t, ask: this.deeds.ask };
    if (turn.guide && !turn.guide.finished) {
      this.guide = guidePanel(turn.guide, said);
      reply.append(this.guide.element);
    } else if (turn.outcome === "answered" && turn.steps?.length > 1 && turn.citations.length) {
      reply.append(stepsButton(turn.citations[0].title, said));
    }
    if (turn.citations.length) reply.append(this.sources(turn.citations));
    if (turn.alternatives.length) reply.append(this.topics(turn));
    if (turn.outcome === "abstained") reply.append(button("button.offer", { onclick: this.deeds.human }, t("human")));
    if (ratable(turn)) reply.append(this.rating(turn));
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
    this.element.classList.add("person");
    this.who.remove();
    this.answer.before(h("h3.name", {}, by ? `${by}, ${this.business}` : this.business));
  }

  /** Says what went wrong, and offers `retry` where that can help. */
  fail(failure, retry) {
    const again = failure.lasting ? null : this.retryButton(failure.retryAfter, retry);
    this.stop(h("div.failure", {}, h("p", {}, failure.explain(this.t)), again));
  }

  /** Not sent yet: the browser is offline. */
  hold() {
    this.stop(h("p.held", {}, this.t("held")));
  }

  stop(failure) {
    this.failure?.remove();
    this.failure = failure;
    this.draw();
    this.working.hidden = true;
    this.reply.append(failure);
    this.element.removeAttribute("aria-busy");
  }

  retryButton(seconds, retry) {
    const again = button("button", { onclick: retry });
    const count = (left) => {
      again.disabled = left > 0;
      again.textContent = left > 0 ? this.t("retryIn", { seconds: left }) : this.t("retry");
      if (left > 0) setTimeout(count, 1000, left - 1);
    };
    count(seconds);
    return again;
  }

  topics(turn) {
    const topics = turn.alternatives.map(({ title }) =>
      h("li", {}, button("button.topic", { onclick: () => this.deeds.ask(title) }, title)),
    );
    const heading = this.t(turn.outcome === "clarifying" ? "which" : "topics");
    return h("section.topics", {}, h("h4", {}, heading), h("ul", { lang: this.language }, ...topics));
  }

  rating(turn) {
    const { t } = this;
    const said = h("output");
    const thumbs = [
      [1, "up", t("yes")],
      [-1, "down", t("no")],
    ].map(([value, picture, label]) => {
      const pressed = String(turn.rating === value);
      const attributes = { title: label, "aria-label": label, "aria-pressed": pressed };
      const thumb = button("button.thumb", attributes, icon(picture));
      thumb.addEventListener("click", async () => {
        said.textContent = "";
        said.textContent = await this.deeds.rate(turn, value).then(
          () => {
            for (const each of thumbs) each.setAttribute("aria-pressed", String(each === thumb));
            return t("thanks");
          },
          (failure) => failure.explain(t),
        );
      });
      return thumb;
    });
    const row = { role: "group", "aria-label": t("rate") };
    return h("div.rating", row, h("span", {}, t("helped")), ...thumbs, said);
  }

  sources(citations) {
    const { t } = this;
    const items = citations.map(({ title, quote, url }) => {
      const summary = h("summary", {}, icon("source"), h("span", {}, title), icon("fold", "fold"));
      const anchor = url ? link(url, t("openSource")) : null;
      const leads = anchor && h("p", { lang: t.language }, anchor);
      return h("li", {}, h("details", {}, summary, h("blockquote", {}, markdown(quote)), leads));
    });
    const heading = t(citations.length > 1 ? "sources" : "source");
    return h("section.sources", {}, h("h4", {}, heading), h("ul", { lang: this.language }, ...items));
  }
}

/** Only answers and refusals are rated; of a single step it is known at the end whether it helped. */
function ratable(turn) {
  const isStep = turn.guide && turn.move !== "question" && turn.move !== "not_helped";
  return turn.logged && !isStep && ["answered", "abstained"].includes(turn.outcome);
}
