// A business's colour, such that what is written in it and on it can be read (WCAG 2.2, 1.4.3).

const LEAST = 4.5;
const LIGHT = { page: "#faf9f7", raised: "#ffffff", ink: "#1d1f1c" };
const DARK = { page: "#171816", raised: "#20221f", ink: "#eceae4" };

export function isColour(text) {
  return /^#[0-9a-f]{6}$/i.test(text ?? "");
}

/** Custom properties of chat.css and launcher.css: `brand` is the colour itself, `accent` what can be read. */
export function palette(colour, dark) {
  const { page, raised, ink } = dark ? DARK : LIGHT;
  const tint = mix(page, colour, 0.1);
  const accent = readable(readable(colour, tint), raised);
  return {
    "--brand": colour,
    "--on-brand": written(colour),
    "--accent": accent,
    "--accent-hover": mix(accent, ink, 0.15),
    "--on-accent": written(accent),
    "--tint": tint,
    "--tint-ink": ink,
  };
}

export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** White where it can be read, else black, which then can. */
function written(colour) {
  return contrast("#ffffff", colour) >= LEAST ? "#ffffff" : "#000000";
}

/** The colour, moved as little as it takes away from `background`. */
function readable(colour, background) {
  const away = luminance(background) > 0.18 ? "#000000" : "#ffffff";
  for (let share = 0; share < 1; share += 0.04) {
    const moved = mix(colour, away, share);
    if (contrast(moved, background) >= LEAST) return moved;
  }
  return away;
}

function mix(one, other, share) {
  const to = rgb(other);
  const mixed = rgb(one).map((value, at) => Math.round(value + (to[at] - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour) {
  const [red, green, blue] = rgb(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgb(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
