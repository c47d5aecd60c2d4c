import type { TestNodeType } from "../../contract/test-run";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { statementsOf } from "./access";
import { usdPerRun } from "./cost";
import { nodesOf, wavesOf } from "./graph";
import type { JournalHeader } from "./journal";
import type { Statement } from "./policy";

export interface PlannedNode {
  readonly node: string;
  readonly type: TestNodeType;
  readonly name: string;
  readonly after: readonly string[];
  readonly calls: readonly string[];
}

export interface RunPlan {
  readonly spec: string;
  readonly accountId: string;
  readonly region: string;
  readonly ttlMinutes: number;
  /** Each waits for earlier waves only. A node begins as soon as those in its `after` are ready. */
  readonly waves: readonly (readonly PlannedNode[])[];
  /** Number of calls that create something or read what is needed for it, without polls and the journal. */
  readonly calls: number;
  /** US dollars at the assumed use. */
  readonly usd: number;
  readonly atMost: TestEnvironment["atMost"];
  /** What each function may do. */
  readonly policies: Readonly<Record<string, readonly Statement[]>>;
}

/** What a run creates. */
export function planRun(run: JournalHeader, spec: TestEnvironment): RunPlan {
  const nodes = nodesOf(run, spec);
  const waves = wavesOf(nodes).map((wave) =>
    wave.map(({ node, type, name, after, calls }) => ({ node, type, name, after, calls })),
  );
  const functions = Object.entries(spec.resources).flatMap(([name, resource]) =>
    resource.type === "function" ? [[name, statementsOf(run, name, resource, spec.resources)] as const] : [],
  );
  const { name, accountId, region, ttlMinutes, atMost } = spec;
  return {
    spec: name,
    accountId,
    region,
    ttlMinutes,
    waves,
    calls: nodes.reduce((sum, { calls }) => sum + calls.length, 0),
    usd: usdPerRun(spec),
    atMost,
    policies: Object.fromEntries(functions),
  };
}
