// A small, safe part of Markdown as DOM nodes. Text stays text: nothing is ever parsed as HTML.

const LINKS = new Set(["http:", "https:", "mailto:", "tel:"]);
const INLINE = new RegExp(
  [
    String.raw`\*\*(?<bold>[^*]+(?:\*[^*]+)*)\*\*`,
    String.raw`\[(?<label>[^\]\n]+)\]\((?<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)`,
    "`(?<code>[^`\\n]+)`",
    String.raw`(?<url>https?:\/\/[^\s<>()\[\]"]+[^\s<>()\[\]".,;:!?'*])`,
    String.raw`(?<phone>\+\d{1,3}(?:[ \-\/]?\(?\d+\)?){2,8})`,
    String.raw`(?<mail>[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+)`,
  ].join("|"),
  "gu",
);
const ITEM = /^(\s*)(?:([-*•])|(\d{1,3})[.)])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;

/** A fragment with paragraphs, lists, headings, bold, code and links of `text`. */
export function markdown(text) {
  const fragment = document.createDocumentFragment();
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  let paragraph = [];
  const endParagraph = () => {
    if (paragraph.length) fragment.append(filled("p", paragraph.join("\n")));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    const heading = HEADING.exec(line);
    if (ITEM.test(line)) {
      endParagraph();
      at = list(fragment, lines, at);
      continue;
    }
    if (heading) {
      endParagraph();
      fragment.append(filled("h4", heading[1]));
    } else if (line.trim()) {
      paragraph.push(line.trim());
    } else {
      endParagraph();
    }
    at += 1;
  }
  endParagraph();
  return fragment;
}

/** Appends the list that begins at `lines[at]`, with lists inside it; returns where it ends. */
function list(parent, lines, at) {
  const [, indent, bullet, number] = ITEM.exec(lines[at]);
  const element = document.createElement(bullet ? "ul" : "ol");
  if (number && number !== "1") element.start = Number(number);
  parent.append(element);
  let item = null;
  while (at < lines.length) {
    const found = ITEM.exec(lines[at]);
    if (found && found[1].length > indent.length + 1 && item) {
      at = list(item, lines, at);
      continue;
    }
    if (found) {
      if (found[1].length + 1 < indent.length || Boolean(found[2]) !== Boolean(bullet)) break;
      item = filled("li", found[4]);
      element.append(item);
    } else if (!lines[at].trim()) {
      const next = ITEM.exec(lines[at + 1] ?? "");
      if (!next || Boolean(next[2]) !== Boolean(bullet)) break;
    } else if (/^\s{2,}\S/.test(lines[at])) {
      item.append(document.createElement("br"));
      inline(item, lines[at].trim());
    } else {
      break;
    }
    at += 1;
  }
  return at;
}

function filled(tag, text) {
  const element = document.createElement(tag);
  text.split("\n").forEach((line, index) => {
    if (index) element.append(document.createElement("br"));
    inline(element, line);
  });
  return element;
}

function inline(parent, text) {
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parent.append(text.slice(end, match.index));
    end = match.index + match[0].length;
    const { bold, label, target, code, url, phone, mail } = match.groups;
    if (bold !== undefined) {
      const strong = document.createElement("strong");
      inline(strong, bold);
      parent.append(strong);
    } else if (code !== undefined) {
      parent.append(Object.assign(document.createElement("code"), { textContent: code }));
    } else if (label !== undefined) {
      parent.append(link(target, label) ?? match[0]);
    } else if (phone !== undefined) {
      parent.append(link(`tel:${phone.replace(/[^+\d]/g, "")}`, phone) ?? match[0]);
    } else {
      parent.append(link(url ?? `mailto:${mail}`, url ?? mail) ?? match[0]);
    }
  }
  parent.append(text.slice(end));
}

/** A link, or null where `target` leads to anything but a web page, a mail or a telephone. */
export function link(target, label) {
  let address;
  try {
    address = new URL(target);
  } catch {
    return null;
  }
  if (!LINKS.has(address.protocol)) return null;
  const anchor = document.createElement("a");
  anchor.href = address.href;
  anchor.textContent = label;
  if (address.protocol.startsWith("http")) {
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
  }
  return anchor;
}

/** Bold, code and links of one line. */
export function inlineMarkdown(text) {
  const fragment = document.createDocumentFragment();
  inline(fragment, text);
  return fragment;
}
