import type { DiagramGraph, EdgeKind } from "./draft";
import { glyphOf } from "./glyphs";
import {
  GLYPH,
  LINE_HEIGHT,
  PADDING,
  type Layout,
  type PlacedContainer,
  type PlacedEdge,
  type PlacedNode,
} from "./layout";
import { FONTS, look, ROOT_LOOK, STYLE } from "./style";
import { widthOf, wrap } from "./text";

const MARGIN = 16;
const HEADER = 40;
/** Space for the legend and the lines below it. */
const NARROWEST = 700;

/** Writes a self-contained SVG without scripts or fonts, with a background for light and dark mode. */
export function svgOf(graph: DiagramGraph, layout: Layout, title: string): string {
  const inner = Math.max(layout.width, widthOf(title, FONTS.heading), NARROWEST);
  const width = inner + 2 * MARGIN;
  const footer = footerOf(graph, inner);
  const legendTop = HEADER + layout.height + 14;
  const footerTop = legendTop + 26;
  const height = footerTop + footer.length * LINE_HEIGHT + MARGIN;
  const id = `d-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" ${ROOT_LOOK} viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escaped(title)}</title>`,
    `<desc id="${id}-desc">${escaped(description(graph))}</desc>`,
    `<style>${STYLE}</style>`,
    `<defs>${LEGEND.map(({ kind }) => marker(id, kind)).join("")}</defs>`,
    `<rect ${look("page")} width="${width}" height="${height}" rx="8"/>`,
    `<text ${look("heading")} x="${MARGIN}" y="27">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${HEADER})">`,
    ...layout.containers.map(containerBox),
    ...layout.edges.map((edge) => edgePath(edge, id)),
    ...layout.containers.map(containerHead),
    ...layout.nodes.map(box),
    ...layout.edges.map(edgeLabel),
    "</g>",
    legend(id, MARGIN, legendTop, graph),
    ...footer.map(
      (line, i) =>
        `<text ${look("line")} x="${MARGIN}" y="${footerTop + 12 + i * LINE_HEIGHT}">${escaped(line)}</text>`,
    ),
    "</svg>",
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

function containerBox({ container, x, y, width, height }: PlacedContainer): string {
  return `<rect ${look(container.kind)} x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;
}

function containerHead({ container: { title, lines }, head: { x, y } }: PlacedContainer): string {
  const rest = lines.map(
    (line, i) =>
      `<text ${look("line")} x="${x}" y="${y + 12 + (i + 1) * LINE_HEIGHT}">${escaped(line)}</text>`,
  );
  return `<text ${look("container-title")} x="${x}" y="${y + 12}">${escaped(title)}</text>${rest.join("")}`;
}

function box({ node, x, y, width, height, text }: PlacedNode): string {
  const lines = text.map(({ line, font }, i) => {
    const left = font.bold ? x + PADDING + GLYPH : x + PADDING;
    const kind = font.bold ? "title" : font === FONTS.line ? "line" : "name";
    return `<text ${look(kind)} x="${left}" y="${y + PADDING + 12 + i * LINE_HEIGHT}">${escaped(line)}</text>`;
  });
  return (
    `<rect ${look("box")} x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>` +
    `${glyphOf(node.kind, x + PADDING - 2, y + PADDING - 3)}${lines.join("")}`
  );
}

function edgePath({ edge, points }: PlacedEdge, id: string): string {
  return `<path ${look(`edge-${edge.kind}`)} d="${rounded(points)}" marker-end="url(#${id}-${edge.kind})"/>`;
}

const RADIUS = 5;

/** A line along the points with rounded corners. */
function rounded(points: PlacedEdge["points"]): string {
  return points
    .map((point, i) => {
      const [before, after] = [points[i - 1], points[i + 1]];
      if (before === undefined) return `M${point.x} ${point.y}`;
      if (after === undefined) return `L${point.x} ${point.y}`;
      const [from, to] = [towards(point, before), towards(point, after)];
      return `L${from.x} ${from.y}Q${point.x} ${point.y} ${to.x} ${to.y}`;
    })
    .join("");
}

type Point = PlacedEdge["points"][number];

function towards(from: Point, to: Point): Point {
  const distance = Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
  const step = Math.min(RADIUS, Math.floor(distance / 2));
  return { x: from.x + Math.sign(to.x - from.x) * step, y: from.y + Math.sign(to.y - from.y) * step };
}

function edgeLabel({ edge, label }: PlacedEdge): string {
  if (label === undefined) return "";
  const { x, y, width, line } = label;
  return `<text ${look(`label-${edge.kind}`)} x="${x + width / 2}" y="${y + 12}" text-anchor="middle">${escaped(line)}</text>`;
}

function marker(id: string, kind: EdgeKind): string {
  return (
    `<marker id="${id}-${kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" ` +
    `markerHeight="7" orient="auto"><path ${look(`head-${kind}`)} d="M0 0L8 4L0 8z"/></marker>`
  );
}

const LEGEND = [
  { kind: "traffic", words: "network traffic that rules and routes allow (ports)" },
  { kind: "signal", words: "passed on by AWS" },
  { kind: "grant", words: "right of an IAM role" },
] as const;

function legend(id: string, x: number, y: number, graph: DiagramGraph): string {
  let left = x;
  return LEGEND.filter(({ kind }) => graph.edges.some((edge) => edge.kind === kind))
    .map(({ kind, words }) => {
      const at = left;
      left += 62 + widthOf(words, FONTS.line);
      return (
        `<path ${look(`edge-${kind}`)} d="M${at} ${y + 8}h30" marker-end="url(#${id}-${kind})"/>` +
        `<text ${look("line")} x="${at + 38}" y="${y + 12}">${words}</text>`
      );
    })
    .join("");
}

function footerOf(graph: DiagramGraph, width: number): string[] {
  const sentences = [
    graph.otherRules.length > 0 && `Security group rules without an arrow: ${graph.otherRules.join("; ")}.`,
    graph.also.length > 0 && `Also in the stack: ${graph.also.join(", ")}.`,
  ];
  return sentences.flatMap((sentence) => (sentence === false ? [] : wrap(sentence, FONTS.line, width)));
}

/** Text alternative for screen readers. */
function description(graph: DiagramGraph): string {
  const names = new Map([
    ...graph.nodes.map(({ id, title, name }) => [id, [title, name].filter(Boolean).join(" ")] as const),
    ...graph.containers.map(({ id, title }) => [id, title] as const),
  ]);
  const arrows = graph.edges.map(
    ({ from, to, labels }) =>
      `${names.get(from)} to ${names.get(to)}${labels.length > 0 ? ` (${labels.join(", ")})` : ""}`,
  );
  return `Architecture, from the synthesized JSON. ${arrows.map((arrow) => `${arrow}.`).join(" ")}`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
