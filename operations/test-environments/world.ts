import type { Clients } from "../../cleanup/aws/clients";
import { formatInstant } from "../../contract/registry";
import type { JournalEntry, TestRun } from "../../contract/test-run";
import type { TestRunRegistry } from "../../registry/test-runs";
import type { LocalJournal } from "./journal";

/** What creating and destroying a run need of the world. */
export interface RunWorld {
  readonly run: TestRun;
  readonly clients: Clients;
  readonly registry: TestRunRegistry;
  readonly journal: LocalJournal;
  readonly projectFolder: string;
  /** Endpoint of a local AWS, whose APIs are under paths. @default AWS */
  readonly localEndpoint?: string;
  /** A line of progress. */
  readonly progress: (text: string) => void;
  readonly now: () => number;
}

/** Writes a line of the journal to the disk and to the registry, in this order. */
export async function note(world: RunWorld, entry: Omit<JournalEntry, "at">): Promise<void> {
  const line: JournalEntry = { ...entry, at: formatInstant(world.now()) };
  world.journal.append(line);
  await world.registry.note(world.run.run, line);
}

/** The last line of each node, from the registry and from the disk: each may lack lines that the other has. */
export async function readJournal(world: RunWorld): Promise<JournalEntry[]> {
  const merged = new Map((world.journal.read()?.entries ?? []).map((entry) => [entry.node, entry]));
  for (const entry of await world.registry.journal(world.run.run)) {
    const local = merged.get(entry.node);
    if (local === undefined || RANK[local.state] < RANK[entry.state]) merged.set(entry.node, entry);
  }
  return [...merged.values()];
}

/** What says more about a node wins. */
const RANK: Readonly<Record<JournalEntry["state"], number>> = { intent: 0, refused: 1, created: 2 };
