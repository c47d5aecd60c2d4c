import { graphOf } from "../../../operations/diagrams/graph";
import { layoutOf, type Layout, type PlacedEdge, type Rectangle } from "../../../operations/diagrams/layout";
import { widthOf } from "../../../operations/diagrams/text";
import { parsedStacks } from "./stacks";

const MAX_WIDTH = 1204;

const overlap = (a: Rectangle, b: Rectangle) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (a: Rectangle, b: Rectangle) =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
const shrunk = ({ x, y, width, height }: Rectangle) => ({
  x: x + 1,
  y: y + 1,
  width: width - 2,
  height: height - 2,
});

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}

function pieces({ points }: PlacedEdge): Rectangle[] {
  return points.slice(1).map((to, i) => {
    const from = points[i]!;
    return {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    };
  });
}

describe.each([...parsedStacks()])("%s", (_, stack) => {
  let layout: Layout;
  beforeAll(async () => {
    layout = await layoutOf(graphOf(stack));
  });

  it("is no wider than a page", () => expect(layout.width).toBeLessThanOrEqual(MAX_WIDTH - 32));

  it("no two boxes overlap", () => {
    const touching = pairs(layout.nodes).filter(([a, b]) => overlap(a, b));
    expect(touching.map(([a, b]) => [a.node.id, b.node.id])).toEqual([]);
  });

  it("every box is in its container, and in no other one", () => {
    for (const { node, ...box } of layout.nodes) {
      const around = layout.containers.filter((container) => overlap(box, container));
      const parents = layout.containers.filter((container) => within(box, container));
      expect([node.id, around.length]).toEqual([node.id, parents.length]);
      expect([node.id, node.container === undefined || parents.some(({ container }) => container.id === node.container)]).toEqual([node.id, true]); // prettier-ignore
    }
  });

  it("what is outside of AWS stands side by side, above all else", () => {
    const outside = layout.nodes.filter(({ node }) => ["people", "internet"].includes(node.kind));
    const others = layout.nodes.filter((box) => !outside.includes(box));
    const bottoms = outside.map(({ y, height }) => y + height);
    expect(new Set(bottoms).size).toBeLessThanOrEqual(1);
    for (const bottom of bottoms) expect(bottom).toBeLessThan(Math.min(...others.map(({ y }) => y)));
  });

  it("every text fits into its box, with a margin", () => {
    for (const { node, text, width, height } of layout.nodes) {
      const wide = text.filter(({ line, font }) => widthOf(line, font) + (font.bold ? 26 : 0) > width - 20);
      expect([node.id, wide]).toEqual([node.id, []]);
      expect(text.length * 15 + 20).toBeLessThanOrEqual(height);
    }
    for (const container of layout.containers) expect(within(container.head, container)).toBe(true);
    for (const { label, edge } of layout.edges) {
      const font = { sizePx: 11, bold: edge.kind === "traffic" };
      if (label) expect(widthOf(label.line, font)).toBeLessThanOrEqual(label.width - 6);
    }
  });

  it("no word of a box gets lost", () => {
    const letters = (words: string) => words.replaceAll(/\s/g, "");
    for (const { node, text } of layout.nodes) {
      const written = text.map(({ line }) => line).join("");
      expect(letters(written)).toBe(letters([node.title, node.name, ...node.lines].join("")));
    }
  });

  it("no arrow runs through a box that is not its own", () => {
    const through = layout.edges.flatMap((placed) =>
      layout.nodes
        .filter((box) => pieces(placed).some((piece) => overlap(piece, shrunk(box))))
        .map((box) => `${placed.edge.from} → ${placed.edge.to} through ${box.node.id}`),
    );
    expect(through).toEqual([]);
  });

  it("every arrow ends at its two boxes", () => {
    const boxes = new Map<string, Rectangle>([
      ...layout.nodes.map((box) => [box.node.id, box] as const),
      ...layout.containers.map((box) => [box.container.id, box] as const),
    ]);
    const touches = ({ x, y }: { x: number; y: number }, box: Rectangle) =>
      overlap({ x: x - 1, y: y - 1, width: 2, height: 2 }, { ...box, height: box.height + 1 });
    for (const { edge, points } of layout.edges) {
      expect(touches(points[0]!, boxes.get(edge.from)!)).toBe(true);
      expect(touches(points.at(-1)!, boxes.get(edge.to)!)).toBe(true);
    }
  });

  it("no arrow, box or label is on a label or on a container's words", () => {
    const labels = layout.edges.flatMap(({ label }) => label ?? []);
    const heads = layout.containers.map(({ head }) => head);
    const words = [...labels, ...heads];
    const hits = [
      ...pairs(words).filter(([a, b]) => overlap(a, b)),
      ...words.flatMap((text) => layout.nodes.filter((box) => overlap(box, text)).map((box) => [box, text])),
      ...words.flatMap((text) =>
        layout.edges.flatMap((placed) =>
          pieces(placed)
            .filter((piece) => overlap(piece, text))
            .map((piece) => [piece, text]),
        ),
      ),
    ];
    expect(hits).toEqual([]);
  });
});
