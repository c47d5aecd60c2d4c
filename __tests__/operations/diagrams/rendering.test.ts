import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Resvg } from "@resvg/resvg-js";

const DOCS = join(__dirname, "..", "..", "..", "docs");
const FONTS = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");

interface Rendered {
  readonly width: number;
  /** Red, green and blue, each from 0 to 255; of a place where nothing is drawn, the white behind it. */
  at(x: number, y: number): readonly number[];
  /** The number of pixels that are nearly black. */
  readonly dark: number;
}

/** As a viewer draws it that knows neither style sheets nor classes. */
function render(svg: string): Rendered {
  const plain = svg.replace(/<style>[\s\S]*?<\/style>/, "").replaceAll(/ class="[^"]*"/g, "");
  const { width, pixels } = new Resvg(plain, {
    background: "#fff",
    font: {
      loadSystemFonts: false,
      fontFiles: ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => join(FONTS, file)),
      defaultFontFamily: "DejaVu Sans",
    },
  }).render();
  const at = (x: number, y: number) => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
  let dark = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (Math.max(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!) < 96) dark++;
  }
  return { width, at, dark };
}

const diagrams = readdirSync(join(DOCS, "diagrams"));
const pictures = [...diagrams.map((file) => join("diagrams", file)), "ttl-cleanup-durations.svg"];

describe.each(pictures)("%s without style sheets", (file) => {
  const svg = readFileSync(join(DOCS, file), "utf8");
  const picture = render(svg);
  const area = picture.width * Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)![1]);

  it("has a white page, and little that is dark", () => {
    expect(picture.at(Math.round(picture.width / 2), 3)).toEqual([255, 255, 255]);
    expect(picture.dark / area).toBeLessThan(0.05);
  });

  it("shows every text", () => {
    const texts = /<text [^>]*>[^<]*<\/text>/g;
    const without = render(svg.replaceAll(texts, ""));
    expect(picture.dark - without.dark).toBeGreaterThan(5 * svg.match(texts)!.length);
  });
});

describe.each(diagrams)("%s without style sheets", (file) => {
  const svg = readFileSync(join(DOCS, "diagrams", file), "utf8");
  const picture = render(svg);
  const [, left, top] = /<g transform="translate\((\d+) (\d+)\)">/.exec(svg)!.map(Number) as [
    0,
    number,
    number,
  ];

  it("has white boxes with a grey line around", () => {
    const boxes = [...svg.matchAll(/<rect class="box"[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)];
    expect(boxes.length).toBeGreaterThan(5);
    for (const [, x, y, width] of boxes) {
      const middle = Math.round(left + Number(x) + Number(width) / 2);
      const upper = Math.round(top + Number(y));
      expect(picture.at(middle, upper + 3)).toEqual([255, 255, 255]);
    }
  });

  it("has lines without an area: a filled one would hide what it goes around", () => {
    const edges = svg.match(/<path class="edge-[^>]*>/g)!;
    expect(edges.filter((edge) => !/ fill="none" stroke="#/.test(edge))).toEqual([]);
  });
});
