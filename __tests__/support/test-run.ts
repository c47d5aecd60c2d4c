import type { RegistryRecord } from "../../contract/registry";
import type { JournalEntry } from "../../contract/test-run";
import type { JournalHeader } from "../../operations/test-environments/journal";

export const TEST_HEADER: JournalHeader = {
  run: "orders-k3f9aa",
  spec: "orders",
  owner: "platform-team",
  costCenter: "quality",
  accountId: "123456789012",
  region: "us-east-1",
  expiresAt: "2026-01-31T09:30:00Z",
};

/** What the engine of test environments asks of the registry, in memory. */
export class FakeTestRegistry {
  readonly notes: JournalEntry[] = [];
  readonly paces = new Map<string, number>();
  record?: RegistryRecord;

  constructor(private readonly log: (line: string) => void = () => undefined) {}

  async note(_run: string, entry: JournalEntry): Promise<void> {
    this.log(`note ${entry.state} ${entry.node}`);
    this.notes.push(entry);
  }

  async journal(): Promise<JournalEntry[]> {
    return [...new Map(this.notes.map((entry) => [entry.node, entry])).values()];
  }

  async reserve(operation: string, everyMs: number, now: number): Promise<number> {
    const turn = Math.max(now, this.paces.get(operation) ?? 0);
    this.paces.set(operation, turn + everyMs);
    return turn;
  }
}
