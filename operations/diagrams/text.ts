/**
 * Upper bounds of text widths, measured with DejaVu Sans, the widest font that viewers are likely to use for
 * `sans-serif`. Text therefore fits its box in any font.
 */
const WIDTHS: readonly { readonly of: RegExp; readonly em: number }[] = [
  { of: /[ijlI.,:;'|!]/, em: 0.32 },
  { of: /[ ·]/, em: 0.33 },
  { of: /[frt()[\]/-]/, em: 0.41 },
  { of: /[mwMW@%→]/, em: 0.95 },
  { of: /[A-Z]/, em: 0.7 },
  { of: /[0-9]/, em: 0.64 },
];
const OTHER_EM = 0.62;
const BOLD = 1.1;

export interface Font {
  readonly sizePx: number;
  readonly bold?: boolean;
}

/** Width in pixels. */
export function widthOf(text: string, { sizePx, bold = false }: Font): number {
  const em = [...text].reduce(
    (sum, char) => sum + (WIDTHS.find(({ of }) => of.test(char))?.em ?? OTHER_EM),
    0,
  );
  return Math.ceil(em * sizePx * (bold ? BOLD : 1));
}

/** Breaks text into lines: between words, else behind `-`, `/` and the like, else anywhere. */
export function wrap(text: string, font: Font, widthPx: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of piecesOf(text, font, widthPx)) {
    if (line !== "" && widthOf((line + piece).trimEnd(), font) > widthPx) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += line === "" ? piece.trimStart() : piece;
  }
  return line === "" ? lines : [...lines, line.trimEnd()];
}

/** Unbreakable pieces, none wider than a line. */
function piecesOf(text: string, font: Font, widthPx: number): string[] {
  return (text.match(/[^\s\-/@.,_]*[\s\-/@.,_]*/g) ?? []).flatMap((piece) => {
    if (widthOf(piece.trimEnd(), font) <= widthPx) return [piece];
    return [...piece];
  });
}
