import { setMaxListeners } from "node:events";
import { describeError } from "../../cleanup/engine/classify";
import { TAG } from "../../contract/tags";
import { testRunTags, type JournalEntry } from "../../contract/test-run";
import { waitingUntil, whenConsistent } from "./consistency";
import type { Created, Existing, Node, NodeContext } from "./nodes/node";
import { note, type RunWorld } from "./world";

/** A part of the timeline. Milliseconds since the start. */
export interface Span {
  readonly node: string;
  readonly type: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly result: "created" | "adopted" | "failed" | "skipped";
  readonly error?: string;
}

export interface CreateResult {
  readonly created: ReadonlyMap<string, Created>;
  readonly spans: readonly Span[];
  /** The first failure; the others were stopped because of it. */
  readonly failure?: { readonly node: string; readonly error: unknown; readonly message: string };
}

/** A resource of the run's name exists and is not the run's. */
class NotOurs extends Error {}

/** Answers to a create call whose name exists. */
const EXISTS = new Set([
  "BucketAlreadyExists",
  "BucketAlreadyOwnedByYou",
  "EntityAlreadyExists",
  "EntityAlreadyExistsException",
  "QueueAlreadyExists",
  "QueueNameExists",
  "ResourceAlreadyExistsException",
  "ResourceConflictException",
  "ResourceInUseException",
]);

/**
 * Creates the nodes of a run, each when those it waits for are ready. The first failure stops everything that has not
 * begun; calls under way end, so that the journal knows what they created.
 *
 * @param earlier journal of an interrupted attempt: its nodes are looked for before they are created
 */
export async function createNodes(
  world: RunWorld,
  nodes: readonly Node[],
  signal: AbortSignal,
  earlier: readonly JournalEntry[] = [],
): Promise<CreateResult> {
  const started = world.now();
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  // Every node that waits listens; Node warns of a leak above ten.
  setMaxListeners(0, stopped);
  const created = new Map<string, Created>();
  const spans: Span[] = [];
  let failure: CreateResult["failure"];
  const context: NodeContext = {
    ...waitingUntil(stopped),
    run: world.run,
    tags: testRunTags(world.run),
    clients: world.clients,
    signal: stopped,
    progress: world.progress,
    projectFolder: world.projectFolder,
    created: (node) => {
      const found = created.get(node);
      if (!found) throw new Error(`${node} is used before it is created`);
      return found;
    },
    async pace(operation, everyMs) {
      const turn = await world.registry.reserve(operation, everyMs, world.now());
      if (turn > world.now()) {
        world.progress(`${operation}: AWS allows one call per ${everyMs / 1000} s and account, waiting`);
        await context.sleep(turn - world.now());
      }
    },
  };
  const known = new Set(earlier.map(({ node }) => node));
  const running = new Map<string, Promise<boolean>>();

  const build = async (node: Node): Promise<boolean> => {
    const ready = await Promise.all(node.after.map((name) => running.get(name) ?? true));
    const startMs = world.now() - started;
    const span = (result: Span["result"], error?: string) => {
      spans.push({
        node: node.node,
        type: node.type,
        startMs,
        endMs: world.now() - started,
        result,
        ...(error !== undefined && { error }),
      });
    };
    if (stopped.aborted || ready.includes(false)) {
      span("skipped");
      return false;
    }
    try {
      const result = await createNode(world, context, node, known.has(node.node));
      created.set(node.node, result.created);
      await node.finish?.(context, result.created);
      span(result.adopted ? "adopted" : "created");
      const seconds = ((world.now() - started - startMs) / 1000).toFixed(1);
      world.progress(`${node.node}: ${node.type} ${result.adopted ? "adopted" : "created"} (${seconds} s)`);
      return true;
    } catch (error) {
      const message = describeError(error);
      if (stopped.aborted) span("skipped");
      else {
        span("failed", message);
        failure = { node: node.node, error, message };
        world.progress(`${node.node}: ${node.type} failed: ${message}`);
        stop.abort();
      }
      return false;
    }
  };
  // Every promise exists before any of them runs, so that nodes can be given in any order.
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  for (const node of nodes)
    running.set(
      node.node,
      begun.then(() => build(node)),
    );
  begin();
  await Promise.all(running.values());
  return { created, spans, failure };
}

async function createNode(
  world: RunWorld,
  context: NodeContext,
  node: Node,
  isKnown: boolean,
): Promise<{ readonly created: Created; readonly adopted: boolean }> {
  const { node: name, type } = node;
  const line = { node: name, type, name: node.name };
  // Before the first call that can create anything.
  if (!isKnown) await note(world, { ...line, state: "intent" });
  const adopt = async (found: Existing) => {
    if (found.tags[TAG.environment] !== world.run.run) throw await refusal(world, node, found);
    await note(world, { ...line, state: "created", id: found.id, arn: found.arn });
    return { created: found, adopted: true };
  };
  if (node.looksFirst || isKnown) {
    const found = await node.find(context);
    if (found) return adopt(found);
  }
  let created: Created;
  try {
    created = await node.create(context);
  } catch (error) {
    if (!EXISTS.has((error as Error).name)) throw error;
    const found = await whenConsistent(context, () => node.find(context));
    if (!found) throw error;
    return adopt(found);
  }
  await note(world, { ...line, state: "created", id: created.id, arn: created.arn });
  return { created, adopted: false };
}

async function refusal(world: RunWorld, node: Node, { tags }: Existing): Promise<NotOurs> {
  await note(world, { node: node.node, type: node.type, name: node.name, state: "refused" });
  const owner = tags[TAG.owner] ?? "unknown";
  const environment = tags[TAG.environment] ?? "no environment";
  return new NotOurs(
    `${node.name} exists and belongs to ${environment} (owner ${owner}), so it is neither used nor deleted`,
  );
}
