import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { visible } from "../../../operations/review/lines";
import { code, plain } from "../../../operations/review/markdown-text";

/** What others wrote is read by a Markdown library, and is the same text afterwards. */

const markdown = new MarkdownIt({ html: true, linkify: true });
// As hosts do, which link what begins with a scheme or www.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** The text that a reader sees, without what keeps hosts from making mentions and links. */
function seen(text: string): string {
  return markdown
    .render(text)
    .trim()
    .replace(/^<p>([\s\S]*)<\/p>$/, "$1")
    .replaceAll(/&(amp|lt|gt|quot);/g, (_, name: string) => ENTITIES[name]!)
    .replaceAll("\u200b", "");
}

it.each([
  ["__init__"],
  ["a_b and _c_ and d__e__f"],
  ["**bold** `code` ~~gone~~ [link](https://x.example) <b>html</b> <!-- hidden -->"],
  ["- a list"],
  ["1. a list"],
  ["# heading"],
  ["=== line"],
  ["$$x^2$$ and $y$"],
  ["&amp; &#36; a\\b | c"],
  [":x: :white_check_mark:"],
])("%j is text", (text) => expect(seen(plain(text))).toBe(text));

it("any text is text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }), (text) => {
      fc.pre(text.trim() !== "");
      const line = visible(text.replaceAll(/\s*[\r\n]+\s*/g, " "));
      const words = (value: string) => value.replaceAll(/\s+/g, " ").trim();
      expect(words(seen(plain(text)))).toBe(words(line));
    }),
  );
});

it("any text is code", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }), (text) => {
      fc.pre(text.trim() !== "");
      const line = visible(text.replaceAll(/\s*[\r\n]+\s*/g, " ")).replaceAll("<!--", "<\\!--");
      const [, inner] = /^<code>([\s\S]*)<\/code>$/.exec(seen(`x ${code(text)}`).slice(2)) ?? [];
      expect(inner?.trim()).toBe(line.trim());
    }),
  );
});

it.each([
  ["@{5b10a2844c20165700ede21g}", "@\u200b{5b10a2844c20165700ede21g}"],
  ["@someone", "@\u200bsomeone"],
  ["$$x$$", "&#36;&#36;x&#36;&#36;"],
  [":x: and :+1:", ":\u200bx: and :\u200b+1:"],
  [":a:white_check_mark:100:", ":\u200ba:\u200bwhite_check_mark:\u200b100:"],
  ["at 10:30:15", "at 10:30:15"],
])("%j is not a mention, a formula or a picture", (text, expected) => expect(plain(text)).toBe(expected));
