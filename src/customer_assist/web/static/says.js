// What a click says for a customer. The assistant's rules read English, so that is what is sent, word for word;
// what is shown is in the customer's language, after a reload as well.

const SENT = {
  saidHuman: "I would like to talk to a person.",
  saidBack: "Back to the assistant, please.",
  saidNotHelped: "That did not help.",
  guideBack: "Back",
  guideRepeat: "Repeat",
  guideNext: "Next",
  guideStuck: "That didn’t work",
  saidDone: "All done",
};
const STEPWISE = "Step by step: ";

/** What to send for a key of the words. */
export function sent(key) {
  return SENT[key];
}

export function sentForSteps(title) {
  return STEPWISE + title;
}

/** How a message that was sent is shown: one that a click says in the words of the language, any other as it is. */
export function shown(message, t) {
  const key = Object.keys(SENT).find((each) => SENT[each] === message);
  if (key) return t(key);
  return message.startsWith(STEPWISE) ? t("stepwiseOf", { title: message.slice(STEPWISE.length) }) : message;
}
