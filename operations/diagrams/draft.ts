import { PARTS } from "./parts";
import type { Resource, Stack } from "./stack";

export type NodeKind =
  | "people"
  | "internet"
  | "network"
  | "loadBalancer"
  | "compute"
  | "database"
  | "bucket"
  | "table"
  | "logs"
  | "alarms"
  | "topic"
  | "queue"
  | "schedule"
  | "key"
  | "secret"
  | "images"
  | "dns"
  | "certificate"
  | "role";

/** A box of the picture. */
export interface DiagramNode {
  readonly id: string;
  readonly kind: NodeKind;
  /** What it is, in AWS's terms. */
  readonly title: string;
  readonly name: string;
  readonly lines: readonly string[];
  /** Its container; absent for anything outside of AWS. */
  readonly container?: string;
  /** Addresses of all resources that it represents. */
  readonly resources: readonly string[];
}

/** A box around boxes. */
export interface DiagramContainer {
  readonly id: string;
  readonly kind: "region" | "vpc" | "public" | "private" | "isolated";
  readonly title: string;
  readonly lines: readonly string[];
  readonly parent?: string;
  readonly resources: readonly string[];
}

/**
 * `traffic` is a network connection allowed by security groups or route tables, `signal` something that AWS passes on
 * (alarm, event, schedule, log, alias), `grant` a permission of an IAM role.
 */
export type EdgeKind = "traffic" | "signal" | "grant";

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** Ports of the traffic, otherwise what happens. */
  readonly labels: readonly string[];
  /** Addresses of the security group rules and routes that it represents. */
  readonly resources: readonly string[];
}

export interface DiagramGraph {
  readonly containers: readonly DiagramContainer[];
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** Resources in no box, by type. */
  readonly also: readonly string[];
  /** Security group rules without an arrow, in words. */
  readonly otherRules: readonly string[];
}

type Drawn<T> = Omit<T, "id" | "resources"> & { readonly of: readonly Resource[]; readonly id?: string };
type EdgeInput = Pick<DiagramEdge, "from" | "to" | "kind"> & {
  readonly label?: string;
  readonly of?: readonly Resource[];
};

const STRONGEST: readonly EdgeKind[] = ["traffic", "signal", "grant"];

/** Builds the graph and tracks which box or arrow represents which resource. */
export class Draft {
  private readonly nodes: Omit<DiagramNode, "resources">[] = [];
  private readonly containers: Omit<DiagramContainer, "resources">[] = [];
  private readonly edges: (EdgeInput & { label: string; of: readonly Resource[] })[] = [];
  private readonly otherRules: { rule: Resource; words: string }[] = [];
  private readonly owners = new Map<string, string>();

  constructor(private readonly stack: Stack) {}

  /** Adds a box for resources; the first one gives its id. */
  node({ of, id = of[0]!.address, ...node }: Drawn<DiagramNode>): string {
    this.nodes.push({ id, ...node });
    this.claim(of, id);
    return id;
  }

  /** Adds a box around boxes. */
  container({ of, id = of[0]!.address, ...container }: Drawn<DiagramContainer>): string {
    this.containers.push({ id, ...container });
    this.claim(of, id);
    return id;
  }

  /** Marks resources as shown by a box. */
  claim(resources: readonly (Resource | undefined)[], owner: string): void {
    for (const resource of resources) {
      if (resource !== undefined && !this.owners.has(resource.address)) {
        this.owners.set(resource.address, owner);
      }
    }
  }

  hasNode(id: string): boolean {
    return this.nodes.some((drawn) => drawn.id === id);
  }

  hasContainer(id: string): boolean {
    return this.containers.some((drawn) => drawn.id === id);
  }

  /** The region around everything of AWS. */
  home(): string | undefined {
    return this.containers.find(({ kind }) => kind === "region")?.id;
  }

  /** The box that shows a resource or the resource it is part of. */
  ownerOf(resource: Resource | undefined): string | undefined {
    for (let at = resource, steps = 0; at !== undefined && steps < 5; steps++) {
      const owner = this.owners.get(at.address);
      if (owner !== undefined) return owner;
      const part = PARTS[at.type];
      at = part && this.stack.resolve(at.block[part.attribute], part.of);
    }
    return undefined;
  }

  /** Adds an arrow. Arrows between the same two boxes are merged; an arrow from a box to itself is ignored. */
  edge(edge: EdgeInput): void {
    if (edge.from === edge.to) return;
    this.edges.push({ ...edge, label: edge.label ?? "", of: edge.of ?? [] });
  }

  /** Adds a rule without an arrow. */
  otherRule(rule: Resource, words: string): void {
    this.otherRules.push({ rule, words });
  }

  finish(alsoOf: (resources: readonly Resource[]) => string[]): DiagramGraph {
    const edges = this.mergedEdges();
    const shown = new Set([
      ...edges.flatMap(({ resources }) => resources),
      ...this.otherRules.map(({ rule }) => rule.address),
    ]);
    const owned = new Map<string, string[]>();
    const rest: Resource[] = [];
    for (const resource of this.stack.resources) {
      const owner = this.ownerOf(resource);
      if (owner !== undefined) owned.set(owner, [...(owned.get(owner) ?? []), resource.address]);
      else if (!shown.has(resource.address)) rest.push(resource);
    }
    const resourcesOf = <T extends { readonly id: string }>(drawn: T) => ({
      ...drawn,
      resources: owned.get(drawn.id) ?? [],
    });
    return {
      containers: this.containers.map(resourcesOf),
      nodes: this.nodes.map(resourcesOf),
      edges,
      also: alsoOf(rest),
      otherRules: [...new Set(this.otherRules.map(({ words }) => words))],
    };
  }

  private mergedEdges(): DiagramEdge[] {
    const pairs = new Map<string, (typeof this.edges)[number][]>();
    for (const edge of this.edges) {
      const pair = `${edge.from} ${edge.to}`;
      pairs.set(pair, [...(pairs.get(pair) ?? []), edge]);
    }
    return [...pairs.values()].map((edges) => {
      const kind = STRONGEST.find((strong) => edges.some((edge) => edge.kind === strong))!;
      // A signal also needs a permission, and tells more.
      const saying = edges.filter((edge) => kind !== "signal" || edge.kind !== "grant");
      return {
        from: edges[0]!.from,
        to: edges[0]!.to,
        kind,
        labels: [...new Set(saying.map(({ label }) => label).filter((label) => label !== ""))].sort(byPort),
        resources: [...new Set(edges.flatMap(({ of }) => of.map(({ address }) => address)))].sort(),
      };
    });
  }
}

/** Ports first, the highest in front (443 before 80). */
function byPort(a: string, b: string): number {
  const [left, right] = [Number.parseInt(a, 10), Number.parseInt(b, 10)];
  if (Number.isNaN(left) && Number.isNaN(right)) return a < b ? -1 : 1;
  if (Number.isNaN(left)) return 1;
  if (Number.isNaN(right)) return -1;
  return right - left;
}
