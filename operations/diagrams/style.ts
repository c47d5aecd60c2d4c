import type { Font } from "./text";

/** Colours in light and dark mode. */
const COLOURS = {
  page: ["#fff", "#0d1117"],
  ink: ["#1f2328", "#e6edf3"],
  soft: ["#59636e", "#9198a1"],
  box: ["#fff", "#151b23"],
  rule: ["#8c959f", "#656c76"],
  signal: ["#9a6700", "#d29922"],
  grant: ["#0969da", "#58a6ff"],
  region: ["#f6f8fa", "#11161d"],
  public: ["#e6f4ea", "#12261b"],
  private: ["#e8f0fe", "#121d33"],
  isolated: ["#f3ecfb", "#221a33"],
} as const;

type Colour = keyof typeof COLOURS;

interface Look {
  readonly fill?: Colour;
  readonly stroke?: Colour;
  readonly font?: Font;
  /** Presentation attributes that are the same in dark mode. */
  readonly rest?: string;
}

export const FONTS = {
  heading: { sizePx: 17, bold: true },
  containerTitle: { sizePx: 12.5, bold: true },
  title: { sizePx: 12, bold: true },
  name: { sizePx: 11.5 },
  line: { sizePx: 11 },
  label: { sizePx: 11 },
  strongLabel: { sizePx: 11, bold: true },
} as const satisfies Readonly<Record<string, Font>>;

const DOTTED = 'stroke-width="1.4" stroke-dasharray="1.5 3.5" stroke-linecap="round"';
const DASHED = 'stroke-width="1.4" stroke-dasharray="6 4"';

/** By class. Without a fill, none is drawn. */
const LOOKS = {
  page: { fill: "page" },
  heading: { fill: "ink", font: FONTS.heading },
  "container-title": { fill: "ink", font: FONTS.containerTitle },
  title: { fill: "ink", font: FONTS.title },
  name: { fill: "ink", font: FONTS.name },
  line: { fill: "soft", font: FONTS.line },
  region: { fill: "region", stroke: "rule" },
  vpc: { fill: "page", stroke: "rule", rest: 'stroke-width="1.5"' },
  public: { fill: "public" },
  private: { fill: "private" },
  isolated: { fill: "isolated" },
  box: { fill: "box", stroke: "rule" },
  glyph: { stroke: "ink", rest: 'stroke-width="1.1" stroke-linejoin="round" stroke-linecap="round"' },
  "edge-traffic": { stroke: "ink", rest: 'stroke-width="1.8"' },
  "edge-signal": { stroke: "signal", rest: DOTTED },
  "edge-grant": { stroke: "grant", rest: DASHED },
  "head-traffic": { fill: "ink" },
  "head-signal": { fill: "signal" },
  "head-grant": { fill: "grant" },
  "label-traffic": { fill: "ink", font: FONTS.strongLabel },
  "label-signal": { fill: "signal", font: FONTS.label },
  "label-grant": { fill: "grant", font: FONTS.label },
} as const satisfies Readonly<Record<string, Look>>;

export type LookName = keyof typeof LOOKS;

/** Root attributes, shared by all text. */
export const ROOT_LOOK = `class="stack-diagram" font-family="-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"`;

/**
 * An element's class, plus its light look as presentation attributes for viewers without style sheets.
 */
export function look(name: LookName): string {
  const { fill, stroke, font, rest }: Look = LOOKS[name];
  return [
    `class="${name}"`,
    `fill="${fill ? COLOURS[fill][0] : "none"}"`,
    stroke && `stroke="${COLOURS[stroke][0]}"`,
    font && `font-size="${font.sizePx}"`,
    font?.bold && 'font-weight="600"',
    rest,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Every rule starts with the picture's class, so that it does not affect an HTML page around it. */
function inTheDark([name, { fill, stroke }]: readonly [string, Look]): string {
  const rules = [fill && `fill:${COLOURS[fill][1]}`, stroke && `stroke:${COLOURS[stroke][1]}`];
  return `.stack-diagram .${name}{${rules.filter(Boolean).join(";")}}`;
}

/** What style sheets add: responsive width and dark mode. */
export const STYLE = [
  ".stack-diagram{max-width:100%;height:auto}",
  "@media (prefers-color-scheme:dark){",
  ...Object.entries(LOOKS).map(inTheDark),
  "}",
].join("\n");
