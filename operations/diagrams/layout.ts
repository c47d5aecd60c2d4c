import ELK, { type ElkEdgeSection, type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk.bundled.js";
import type { DiagramContainer, DiagramEdge, DiagramGraph, DiagramNode, NodeKind } from "./draft";
import { FONTS } from "./style";
import { widthOf, wrap, type Font } from "./text";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode extends Rectangle {
  readonly node: DiagramNode;
  /** Lines of text, each narrower than the box. */
  readonly text: readonly { readonly line: string; readonly font: Font }[];
}

export interface PlacedContainer extends Rectangle {
  readonly container: DiagramContainer;
  /** Position of its text; arrows avoid it if there is room. */
  readonly head: Rectangle;
}

export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly label?: Rectangle & { readonly line: string };
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly containers: readonly PlacedContainer[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const NODE_WIDTH = 180;
/** Space for the icon at the left of a box. */
export const GLYPH = 26;
export const PADDING = 10;
export const LINE_HEIGHT = 15;

const OPTIONS: Record<string, string> = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.randomSeed": "1",
  "elk.padding": "[top=12,left=12,bottom=12,right=12]",
  "elk.spacing.nodeNode": "20",
  "elk.spacing.edgeNode": "12",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.edgeLabel": "4",
  "elk.layered.spacing.nodeNodeBetweenLayers": "30",
  "elk.layered.spacing.edgeNodeBetweenLayers": "14",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.thoroughness": "40",
  "elk.layered.feedbackEdges": "true",
};

/** Boxes without an arrow go below the first of these that exists. */
const ANCHORS: readonly NodeKind[] = ["topic", "alarms", "compute"];
/** At the top, from left to right unless arrows require another order. */
const FIRST: readonly NodeKind[] = ["people", "internet"];
const TOPMOST = { "elk.layered.layering.layerConstraint": "FIRST" };
const TAKING = ["pulls", "reads", "uses"];
const DEPTH: Readonly<Record<string, number>> = { public: 1, private: 2, isolated: 3 };

function rank({ kind }: DiagramNode): number {
  return FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;
}

/**
 * Whether an arrow points up. The picture runs from the callers at the top through the tiers down to stores, alarms and
 * logs. What a workload reads (images, secrets, files) is above it.
 */
function upward(graph: DiagramGraph, { from, to, kind, labels }: DiagramEdge): boolean {
  const [source, target] = [from, to].map((id) => graph.nodes.find((node) => node.id === id));
  if (target?.kind === "internet") return true;
  if (source?.kind === "alarms" && target?.kind === "compute") return true;
  if (kind === "grant") return labels.every((label) => TAKING.includes(label));
  const [above, below] = [source, target].map((node) =>
    graph.containers.find(({ id }) => id === node?.container),
  );
  return (DEPTH[above?.kind ?? ""] ?? 0) > (DEPTH[below?.kind ?? ""] ?? 9);
}

/**
 * Invisible edges. An empty tier goes below the others of its VPC. A box without an arrow goes below a box that others
 * point to, instead of in the crowded top row.
 */
function holdTogether(graph: DiagramGraph): ElkExtendedEdge[] {
  const inside = (id: string) => graph.nodes.filter(({ container }) => container === id);
  const tied = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const anchor = ANCHORS.flatMap((kind) => graph.nodes.find((node) => node.kind === kind) ?? [])[0];
  const empty = graph.containers
    .filter((tier) => isTier(tier) && inside(tier.id).length === 0)
    .flatMap((tier) =>
      graph.containers
        .filter((other) => other.parent === tier.parent && other !== tier)
        .flatMap(({ id }) => inside(id).map((node) => [node.id, tier.id] as const)),
    );
  const loose = graph.nodes
    .filter(({ id }) => anchor !== undefined && !tied.has(id))
    .map(({ id }) => [anchor!.id, id] as const);
  return [...empty, ...loose].map(([above, below]) => ({
    id: `hold ${above} ${below}`,
    sources: [above],
    targets: [below],
  }));
}

/** Positions boxes and arrows, in whole pixels from the top left corner. */
export async function layoutOf(graph: DiagramGraph): Promise<Layout> {
  const texts = new Map(graph.nodes.map((node) => [node.id, textOf(node)]));
  const children = (parent: string | undefined): ElkNode[] => [
    ...graph.containers
      .filter((container) => container.parent === parent)
      .map((container) => elkContainer(container, children(container.id))),
    ...graph.nodes
      .filter((node) => node.container === parent)
      .sort((a, b) => rank(a) - rank(b))
      .map((node) => ({
        id: node.id,
        width: NODE_WIDTH,
        height: heightOf(texts.get(node.id)!),
        ...(FIRST.includes(node.kind) && { layoutOptions: TOPMOST }),
      })),
  ];
  const laid: ElkNode = await new ELK().layout({
    id: "picture",
    layoutOptions: OPTIONS,
    children: children(undefined),
    edges: [...graph.edges.map((edge, i) => elkEdge(edge, i, upward(graph, edge))), ...holdTogether(graph)],
  });
  const boxes = new Map(descendants(laid).map((box) => [box.id, box]));
  const edges = new Map(edgesOf(laid).map((edge) => [edge.id, edge]));
  const placedEdges = graph.edges.map((edge, i) =>
    placedEdge(edge, edges.get(`edge ${i}`)!, upward(graph, edge)),
  );
  return {
    width: Math.ceil(laid.width!),
    height: Math.ceil(laid.height!),
    containers: graph.containers.map((container) => {
      const place = rectangle(boxes.get(container.id)!);
      return { container, ...place, head: placedHead(container, place, placedEdges) };
    }),
    nodes: graph.nodes.map((node) => ({
      node,
      text: texts.get(node.id)!,
      ...rectangle(boxes.get(node.id)!),
    })),
    edges: placedEdges,
  };
}

function textOf(node: DiagramNode): PlacedNode["text"] {
  const fonts: [string, Font, number][] = [
    [node.title, FONTS.title, GLYPH],
    [node.name, FONTS.name, 0],
    ...node.lines.map((line): [string, Font, number] => [line, FONTS.line, 0]),
  ];
  return fonts.flatMap(([text, font, indent]) =>
    wrap(text, font, NODE_WIDTH - 2 * PADDING - indent).map((line) => ({ line, font })),
  );
}

function heightOf(text: PlacedNode["text"]): number {
  return 2 * PADDING + text.length * LINE_HEIGHT + 2;
}

/** A tier or single box has its text in a column at the left, where no arrow passes; others have it at the top. */
function elkContainer(container: DiagramContainer, children: ElkNode[]): ElkNode {
  const words = headOf(container);
  const padding =
    isTier(container) || children.length === 1
      ? { top: 14, left: words.width + 26, bottom: 14 }
      : { top: words.height + 18, left: 16, bottom: 16 };
  return {
    id: container.id,
    children,
    ...(children.length === 0 && { width: words.width + 24, height: words.height + 20 }),
    layoutOptions: {
      "elk.padding": `[top=${padding.top},left=${padding.left},bottom=${padding.bottom},right=16]`,
    },
  };
}

function isTier({ kind }: DiagramContainer): boolean {
  return kind === "public" || kind === "private" || kind === "isolated";
}

function headOf({ title, lines }: DiagramContainer): { width: number; height: number } {
  const widths = [widthOf(title, FONTS.containerTitle), ...lines.map((line) => widthOf(line, FONTS.line))];
  return { width: Math.max(...widths), height: (1 + lines.length) * LINE_HEIGHT };
}

/** The first position along the top of a container where the text crosses no arrow, else the corner. */
function placedHead(container: DiagramContainer, box: Rectangle, edges: readonly PlacedEdge[]): Rectangle {
  const corner = { x: box.x + 12, y: box.y + 8, ...headOf(container) };
  for (let x = corner.x; x + corner.width <= box.x + box.width - 8; x += 4) {
    const head = { ...corner, x };
    if (
      !edges.some(
        ({ points, label }) => crosses(points, head) || (label !== undefined && overlap(label, head)),
      )
    ) {
      return head;
    }
  }
  return corner;
}

const CLEAR = 8;

/** Whether an orthogonal line comes close to a rectangle. */
function crosses(points: PlacedEdge["points"], box: Rectangle): boolean {
  return points.slice(1).some((to, i) => {
    const from = points[i]!;
    const piece = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    };
    return overlap(piece, { x: box.x - CLEAR, y: box.y, width: box.width + 2 * CLEAR, height: box.height });
  });
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Ports are bold. */
function labelFont({ kind }: DiagramEdge): Font {
  return kind === "traffic" ? FONTS.strongLabel : FONTS.label;
}

function elkEdge(edge: DiagramEdge, i: number, up: boolean): ElkExtendedEdge {
  const line = edge.labels.join(", ");
  return {
    id: `edge ${i}`,
    sources: [up ? edge.to : edge.from],
    targets: [up ? edge.from : edge.to],
    ...(line !== "" && {
      labels: [
        { id: `label ${i}`, text: line, width: widthOf(line, labelFont(edge)) + 8, height: LINE_HEIGHT + 1 },
      ],
    }),
  };
}

function placedEdge(edge: DiagramEdge, placed: ElkExtendedEdge, up: boolean): PlacedEdge {
  const points = (placed.sections ?? []).flatMap(pointsOf);
  const [label] = placed.labels ?? [];
  return {
    edge,
    points: up ? points.reverse() : points,
    ...(label && { label: { line: label.text!, ...rectangle(label) } }),
  };
}

function pointsOf({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection) {
  return [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
}

function descendants(node: ElkNode): ElkNode[] {
  return (node.children ?? []).flatMap((child) => [child, ...descendants(child)]);
}

function edgesOf(node: ElkNode): ElkExtendedEdge[] {
  return [node, ...descendants(node)].flatMap(({ edges = [] }) => edges);
}

function rectangle({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rectangle>): Rectangle {
  const [left, top] = [Math.round(x), Math.round(y)];
  return { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
}
