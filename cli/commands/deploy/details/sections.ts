import type { StackRef } from "../../../../environments/schema/stacks";
import { timeLeft, type Terms } from "../../../../operations/leases/terms";
import type { Output } from "../../../../operations/terraform/terraform";

export interface DetailsInput {
  readonly stack: StackRef;
  readonly outputs: Readonly<Record<string, Output>>;
  /** Time to live of an ephemeral environment, if the registry was reachable. */
  readonly terms?: Terms;
  /** Who is warned before it is deleted, if the subscriptions could be read. */
  readonly warned?: readonly string[];
}

export interface Section {
  readonly title: string;
  /** Key and value; a value without a key has its own line. */
  readonly rows: readonly (readonly [key: string, value: string | undefined])[];
}

export function project({ id, environment, accountId, region, definition }: StackRef): Section {
  return {
    title: "PROJECT DETAILS",
    rows: [
      ["Stack", id],
      ["Environment", environment],
      ["Account", accountId],
      ["Region", region],
      ["Owner", definition?.owner],
    ],
  };
}

export function teardown(
  { id, definition }: StackRef,
  outputs: DetailsInput["outputs"],
  { terms, warned }: Pick<DetailsInput, "terms" | "warned">,
): Section {
  const title = "AUTO-TEARDOWN";
  const ttlHours = definition?.ttlHours;
  if (ttlHours === undefined) return { title, rows: [["", "none: this environment is permanent"]] };
  const hours = `${ttlHours} ${ttlHours === 1 ? "hour" : "hours"} from the first deploy`;
  return {
    title,
    rows: [
      ["TTL", hours],
      ["Expires at", terms?.expiresAt ?? textOf(outputs)("expires_at")],
      ["Time left", terms && timeLeft(terms).replace(/ left$/, "")],
      ["Protected", terms?.protected ? "yes: it is not deleted while protected" : undefined],
      ["Warned", warned && (warned.length === 0 ? "NO ONE, so it is not deleted" : warned.join(", "))],
      ["Extend", `automock extend ${id} --by 2h`],
    ],
  };
}

export function logRows(outputs: DetailsInput["outputs"]): [string, string][] {
  const groups = outputs.log_groups?.value;
  if (!Array.isArray(groups)) return [];
  return groups.map((group, i) => [i === 0 ? "Logs" : "", String(group)]);
}

/** An output as text; a sensitive value is hidden. */
export function textOf(outputs: DetailsInput["outputs"]): (name: string) => string | undefined {
  return (name) => {
    const output = outputs[name];
    if (output === undefined) return undefined;
    return output.sensitive ? "(sensitive)" : String(output.value);
  };
}
