// The chat's own words, in the language of whoever reads them.

export const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl"];

/** The first of these tags that there are words in: "de-AT" is "de". */
export function choose(...tags) {
  const languages = tags.filter(Boolean).map((tag) => String(tag).toLowerCase().split(/[-_]/)[0]);
  return languages.find((each) => LANGUAGES.includes(each)) ?? "en";
}

/** t("step", { step: 1, of: 5 }) → "Step 1 of 5"; t.language is theirs. */
export async function words(language) {
  const { default: texts } = await import(`./texts/${language}.js`);
  const t = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return Object.assign(t, { language });
}
