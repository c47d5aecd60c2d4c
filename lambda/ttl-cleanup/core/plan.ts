import type { RegistryRecord } from "../../../contract/registry";
import { formatInstant } from "./clock";
import { auditFor, type PassOptions, type World } from "./context";
import { planRefusals, refusals, type Refusal } from "./gates";
import { scopeOf, takeInventory, type Inventory, type Item } from "./inventory";
import { waves } from "./planner";

export interface DryRun {
  readonly inventory?: Inventory;
  readonly refusals: readonly Refusal[];
  /** The plan for people: waves, proofs, what is held and why, what would block. */
  readonly text: string;
}

/** What a pass would do now. Reads only: no lease, no lock, and a session that cannot change anything. */
export async function dryRun(world: World, record: RegistryRecord, options: PassOptions): Promise<DryRun> {
  const { clock, identity, discovery, sessions } = world.ports;
  const { environment, override } = options;
  const [who, authority] = await Promise.all([identity.get(), clock.authority()]);
  const input = { environment, record, config: world.config, identity: who, now: clock.now(), authority };
  const shut = refusals(input, override);
  const scan = await discovery.scan(record);
  const lines = [
    `Plan for ${environment} at ${formatInstant(clock.now())}: dry run, nothing is changed.`,
    `Phase ${record.phase}, expires at ${record.expiresAt}, owner ${record.owner}.`,
  ];
  if (scan.state === "unreadable") {
    lines.push(
      "",
      "The Terraform state cannot be read, so nothing would be deleted:",
      ...scan.errors.map(indent),
    );
    return { refusals: shut, text: `${[...lines, ...gateLines(shut)].join("\n")}\n` };
  }
  const env = scopeOf(record, scan, world.config.untouchable);
  const session = await sessions.open(env, "read");
  const inventory = await takeInventory(env, record, scan, session.handlers, world.config.untouchable);
  shut.push(...planRefusals(inventory, world.config, override));
  const own = inventory.items.filter(({ verdict }) => verdict === "own");
  const held = inventory.items.filter(({ verdict }) => verdict === "held");
  const order = waves(own, held);

  lines.push("", `${own.length} resources would be deleted, in this order:`);
  order.waves.forEach((wave, index) =>
    lines.push(`  ${index + 1}.`, ...wave.map((item) => `     ${proven(item)}`)),
  );
  section(lines, "These would wait for ever, for what is held:", order.never.map(proven));
  section(
    lines,
    "Held, although proven; the environment cannot be finished:",
    held.map((item) => `${proven(item)}; but ${item.vetoes.join(", ")}`),
  );
  section(lines, "UNSUPPORTED_TYPE, no handler knows them:", inventory.unsupported);
  section(lines, "Could not be listed:", inventory.errors);
  section(
    lines,
    "Seen and left alone, not the environment's:",
    inventory.foreign.map(
      ({ key, vetoes }) => `${key}: ${vetoes.length > 0 ? vetoes.join(", ") : "no proof"}`,
    ),
  );
  lines.push(...gateLines(shut));

  const audit = auditFor(world, environment, true);
  for (const { key, proofs, verdict, vetoes } of inventory.items) {
    const error = vetoes.length > 0 ? vetoes.join("; ") : undefined;
    await audit.write({ action: "plan", resource: key, proof: proofs, outcome: verdict, error });
  }
  return { inventory, refusals: shut, text: `${lines.join("\n")}\n` };
}

function proven({ key, proofs }: Item): string {
  return `${key}: ${proofs.join(", ")}`;
}

function indent(line: string): string {
  return `  ${line}`;
}

function section(lines: string[], title: string, entries: readonly string[]): void {
  if (entries.length > 0) lines.push("", title, ...entries.map(indent));
}

function gateLines(shut: readonly Refusal[]): string[] {
  return shut.length === 0
    ? ["", "All gates are open."]
    : ["", "Gates that are shut:", ...shut.map(({ gate, reason }) => `  ${gate}: ${reason}`)];
}
