import { scopeOf, takeInventory, type Inventory } from "../../../cleanup/engine/inventory";
import { planOf } from "../../../cleanup/engine/plan";
import type { ProvenResource, ReaperPlan } from "../../../contract/reaper";
import type { RegistryRecord } from "../../../contract/registry";
import { formatInstant } from "./clock";
import { auditFor, gateInput, type PassOptions, type World } from "./context";
import { planRefusals, refusals, type Refusal } from "./gates";
import { leadsOf } from "./leads";

export interface DryRun {
  readonly inventory?: Inventory;
  readonly refusals: readonly Refusal[];
  readonly plan: ReaperPlan;
  /** The plan as text for people: waves, proofs, what is held and why, what would block. */
  readonly text: string;
}

/** What a pass would do now. It only reads: no lease, no lock, and a session that can change nothing. */
export async function dryRun(world: World, record: RegistryRecord, options: PassOptions): Promise<DryRun> {
  const { clock, discovery, sessions } = world.ports;
  const { environment, override } = options;
  const shut = refusals(await gateInput(world, { environment, record }), override);
  const scan = await discovery.scan(record);
  const head = [
    `Plan for ${environment} at ${formatInstant(clock.now())}: dry run, nothing is changed.`,
    `Phase ${record.phase}, expires at ${record.expiresAt}, owner ${record.owner}.`,
  ];
  if (scan.state === "unreadable") {
    const plan: ReaperPlan = { ...NOTHING, stateReadable: false, errors: scan.errors, gates: gatesOf(shut) };
    return { refusals: shut, plan, text: textOf(head, plan) };
  }
  const leads = leadsOf(record, scan, world.config.untouchable);
  const env = scopeOf(record, leads);
  const session = await sessions.open(env, "read");
  const inventory = await takeInventory(env, leads, session.handlers);
  shut.push(...planRefusals(inventory, world.config, override));
  const plan: ReaperPlan = { ...planOf(inventory), stateReadable: true, gates: gatesOf(shut) };

  const audit = auditFor(world, environment, true);
  for (const { key, proofs, verdict, vetoes } of inventory.items) {
    const error = vetoes.length > 0 ? vetoes.join("; ") : undefined;
    audit.note({ action: "plan", resource: key, proof: proofs, outcome: verdict, error });
  }
  await audit.flush();
  return { inventory, refusals: shut, plan, text: textOf(head, plan) };
}

const NOTHING = { waves: [], waiting: [], held: [], unsupported: [], leftAlone: [] } as const;

function gatesOf(shut: readonly Refusal[]): ReaperPlan["gates"] {
  return shut.map(({ gate, reason }) => ({ gate, reason }));
}

function textOf(head: readonly string[], plan: ReaperPlan): string {
  const lines = [...head];
  if (plan.stateReadable) {
    const count = plan.waves.flat().length + plan.waiting.length;
    lines.push("", `${count} resources would be deleted, in this order:`);
    plan.waves.forEach((wave, index) =>
      lines.push(`  ${index + 1}.`, ...wave.map((item) => `     ${proven(item)}`)),
    );
    section(lines, "These would wait forever for what is held:", plan.waiting.map(proven));
    section(
      lines,
      "Held, although proven; the environment cannot be finished:",
      plan.held.map((item) => `${proven(item)}; but ${item.vetoes.join(", ")}`),
    );
    section(lines, "UNSUPPORTED_TYPE, the reaper cannot delete them:", plan.unsupported);
    section(lines, "Could not be listed:", plan.errors);
    section(
      lines,
      "Left alone, because they do not belong to the environment:",
      plan.leftAlone.map(
        ({ resource, vetoes }) => `${resource}: ${vetoes.length > 0 ? vetoes.join(", ") : "no proof"}`,
      ),
    );
  } else {
    section(lines, "The Terraform state cannot be read, so nothing would be deleted:", plan.errors);
  }
  if (plan.gates.length === 0) lines.push("", "All gates are open.");
  section(
    lines,
    "Closed gates:",
    plan.gates.map(({ gate, reason }) => `${gate}: ${reason}`),
  );
  return `${lines.join("\n")}\n`;
}

function proven({ resource, proofs }: ProvenResource): string {
  return `${resource}: ${proofs.join(", ")}`;
}

function indent(line: string): string {
  return `  ${line}`;
}

function section(lines: string[], title: string, entries: readonly string[]): void {
  if (entries.length > 0) lines.push("", title, ...entries.map(indent));
}
