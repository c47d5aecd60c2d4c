import { foreignPrices } from "../../contract/prices";
import type { Environment } from "../../environments";
import { explainAwsError } from "../aws-errors";
import { usd } from "../cost/format";
import { formatTable, type Colors } from "../output";
import type { Place } from "../stacks";
import { UserError } from "../user-error";
import type { Registry } from "./registry";
import { ageText, termsOf, timeLeft, type Terms } from "./terms";

/** An ephemeral environment: with a record in the registry, with a faulty one, or with a file and no record. */
export type ListEntry =
  | ({ readonly state: "deployed" } & Place & Terms)
  | ({
      readonly state: "faulty";
      readonly environment: string;
      readonly faults: readonly string[];
    } & Place)
  | ({
      readonly state: "notDeployed";
      readonly environment: string;
      readonly owner: string;
      readonly ttlHours: number;
    } & Place);

/** What `automock list --json` prints. */
export interface EnvironmentList {
  /** Faulty records first, then those that expire soonest, then files without a record. */
  readonly environments: readonly ListEntry[];
  /** Accounts and regions whose registry could not be read. */
  readonly unreadable: readonly (Place & { readonly message: string })[];
}

/**
 * The environments of several registries. One that cannot be read hides none of the others.
 *
 * @param now milliseconds since 1970
 * @throws the error of the first registry when none can be read
 */
export async function listEnvironments(
  registries: readonly Registry[],
  files: readonly Environment[],
  now: number,
): Promise<EnvironmentList> {
  const read = await Promise.allSettled(registries.map((registry) => entriesOf(registry, files, now)));
  const failures = read.flatMap((result, i) =>
    result.status === "rejected" ? [{ place: registries[i]!.place, error: result.reason as unknown }] : [],
  );
  const [first] = failures;
  if (first && failures.length === read.length) throw first.error;
  return {
    environments: read
      .flatMap((result) => (result.status === "fulfilled" ? result.value : []))
      .sort((a, b) => rank(a) - rank(b) || (a.environment < b.environment ? -1 : 1)),
    unreadable: failures.map(({ place, error }) => ({ ...place, message: messageOf(error) })),
  };
}

/** The list for people. */
export function listText({ environments, unreadable }: EnvironmentList, colors: Colors): string {
  const several = new Set(environments.map(({ accountId, region }) => `${accountId}/${region}`)).size > 1;
  const lines: string[] = [];
  if (environments.length === 0) {
    lines.push("There is no ephemeral environment, and no file of one: automock init writes it.");
  } else {
    lines.push(
      formatTable(
        [
          ...(several ? ["PLACE"] : []),
          "ENVIRONMENT",
          "OWNER",
          "AGE",
          "TIME LEFT",
          "PHASE",
          "AN HOUR",
          "SO FAR",
        ],
        environments.map((entry) => [
          ...(several ? [`${entry.accountId}/${entry.region}`] : []),
          entry.environment,
          ...cells(entry, colors),
        ]),
        { colors, right: several ? [6, 7] : [5, 6] },
      ),
    );
  }
  for (const entry of environments) {
    if (entry.state === "faulty") {
      lines.push("", `The record of ${entry.environment} is faulty; the reaper leaves it alone:`);
      lines.push(...entry.faults.map((fault) => `  ${fault}`));
    } else if (entry.state === "deployed" && entry.lastError !== undefined) {
      lines.push("", `The removal of ${entry.environment} failed last with: ${entry.lastError}`);
    }
  }
  const deployed = environments.filter(({ state }) => state === "deployed");
  if (deployed.length > 0) {
    const prices = foreignPrices(deployed.map(({ region }) => region));
    lines.push("", `Costs are estimates at the least number of tasks${prices}.`);
  }
  for (const { accountId, region, message } of unreadable) {
    lines.push("", `${accountId} in ${region} could not be read: ${message}`);
  }
  return lines.join("\n");
}

async function entriesOf(
  registry: Registry,
  files: readonly Environment[],
  now: number,
): Promise<ListEntry[]> {
  const { place } = registry;
  const listed = await registry.list();
  const known = new Set(listed.map(({ environment }) => environment));
  return [
    ...listed.map((one): ListEntry =>
      one.kind === "record"
        ? { state: "deployed", ...place, ...termsOf(one.record, now) }
        : { state: "faulty", ...place, environment: one.environment, faults: one.faults },
    ),
    ...files.flatMap(({ name, owner, ttlHours, accountId, region }): ListEntry[] =>
      ttlHours === undefined || known.has(name) || accountId !== place.accountId || region !== place.region
        ? []
        : [{ state: "notDeployed", accountId, region, environment: name, owner, ttlHours }],
    ),
  ];
}

function cells(entry: ListEntry, colors: Colors): string[] {
  switch (entry.state) {
    case "faulty":
      return ["?", "?", "?", colors.red("FAULTY RECORD"), "", ""];
    case "notDeployed":
      return [entry.owner, "", `${entry.ttlHours} h once deployed`, colors.dim("not deployed"), "", ""];
    case "deployed": {
      const { owner, minutesLeft, phase, usdHourly, usdSoFar } = entry;
      const left = timeLeft(entry);
      const shown = entry.protected ? `${phase}, protected` : phase;
      return [
        owner,
        ageText(entry),
        minutesLeft < 0 && !entry.protected
          ? colors.red(left)
          : minutesLeft < 60
            ? colors.yellow(left)
            : left,
        phase === "STUCK" ? colors.red(shown) : shown,
        usdHourly === undefined ? "?" : usd(usdHourly.expected, 4),
        usdSoFar === undefined ? "?" : usd(usdSoFar),
      ];
    }
  }
}

function rank(entry: ListEntry): number {
  if (entry.state === "faulty") return -Number.MAX_VALUE;
  return entry.state === "deployed" ? entry.minutesLeft : Number.MAX_VALUE;
}

function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return explainAwsError(error) ?? String(error instanceof Error ? error.message : error);
}
