import { GetAccountSummaryCommand } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Clients } from "../../cleanup/aws/clients";
import { describeError } from "../../cleanup/engine/classify";
import { usd } from "../../contract/dollars";
import { formatInstant } from "../../contract/registry";
import type { TestRun } from "../../contract/test-run";
import { counted } from "../../contract/text";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import type { TestRunRegistry } from "../../registry/test-runs";
import { usdPerRun } from "./cost";
import type { Node } from "./nodes/node";
import { Refused } from "./refused";

export interface Admission {
  readonly run: TestRun;
  readonly spec: TestEnvironment;
  readonly nodes: readonly Node[];
  readonly clients: Clients;
  readonly registry: TestRunRegistry;
  readonly now: () => number;
  readonly progress: (text: string) => void;
  /** Milliseconds that AWS's clock is ahead of this machine's; it is asked after a call to AWS. */
  readonly clockOffsetMs: () => number;
}

/** A larger difference of clocks makes the time to live wrong, by which a run is removed. */
const CLOCK_MS = 5 * 60_000;

/**
 * Decides whether a run may begin, and takes its slot. It reads only, but for the slot.
 *
 * @throws Refused with every reason, before anything has been created
 */
export async function admit(admission: Admission): Promise<void> {
  const { run, spec, registry, now } = admission;
  // First, because without credentials nothing else can be read either.
  const account = await accountFault(admission);
  const [breakers, quotas] = await Promise.all([breakerFaults(admission), quotaFaults(admission)]);
  const reasons = [...account, ...clockFaults(admission), ...costFaults(spec), ...breakers, ...quotas];
  if (reasons.length > 0) throw new Refused(reasons.join("\n"));
  const slots = spec.atMost.environments;
  const until = Date.parse(run.expiresAt);
  if ((await registry.takeSlot(spec.name, slots, run.run, { now: now(), until })) !== undefined) return;
  const holders = await registry.slotHolders(spec.name, now());
  throw new Refused(
    `${spec.name} allows ${slots} environments at the same time (atMost.environments), and all are in use: ${holders.join(", ")}.\n` +
      `Wait until one ends (automock test-env list), remove one, for example with automock test-env down ${holders[0]}, or raise the limit. An expired one frees its slot by itself.`,
  );
}

async function accountFault({ clients, run }: Admission): Promise<string[]> {
  const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}));
  return Account === run.accountId
    ? []
    : [
        `The credentials are of account ${Account}, and the file says ${run.accountId}. Use another --profile, or correct accountId or role.`,
      ];
}

function clockFaults({ clockOffsetMs }: Admission): string[] {
  const offset = clockOffsetMs();
  if (Math.abs(offset) <= CLOCK_MS) return [];
  const minutes = Math.round(Math.abs(offset) / 60_000);
  return [
    `The clock of this machine is ${minutes} min ${offset > 0 ? "behind" : "ahead of"} AWS's, so the environment would expire at the wrong time. Set the clock.`,
  ];
}

function costFaults(spec: TestEnvironment): string[] {
  const cost = usdPerRun(spec);
  return cost <= spec.atMost.usd
    ? []
    : [
        `One run of ${spec.name} costs up to ${usd(cost, 4)}, more than atMost.usd (${usd(spec.atMost.usd, 4)}). Raise the limit, or use fewer resources.`,
      ];
}

/** A breaker is opened by a run whose creations failed after all retries. It never stops a deletion. */
async function breakerFaults({ nodes, registry, now }: Admission): Promise<string[]> {
  const services = [...new Set(nodes.map(({ type }) => type.split(":")[0]!))];
  const faults = await Promise.all(
    services.map(async (service) => {
      const until = await registry.breakerUntil(service, now());
      return until === undefined
        ? []
        : [
            `${service} failed in another run a moment ago, so nothing is created in it until ${formatInstant(until)}. Try again then.`,
          ];
    }),
  );
  return faults.flat();
}

/** A quota, how much of it is used, and what a run adds. */
interface Quota {
  readonly name: string;
  /** Resources that count; one of them adds at least one to what is used. */
  readonly added: number;
  readonly addition: string;
  read(clients: Clients): Promise<{ readonly used: number; readonly limit: number } | undefined>;
}

async function quotaFaults({ nodes, clients, progress }: Admission): Promise<string[]> {
  const roles = nodes.filter(({ type }) => type === "iam:role").length;
  const functions = nodes.filter(({ type }) => type === "lambda:function").length;
  const quotas: Quota[] = [
    {
      name: "IAM roles of the account",
      added: roles,
      addition: counted(roles, "role"),
      async read({ iam }) {
        const { SummaryMap = {} } = await iam.send(new GetAccountSummaryCommand({}));
        const { Roles: used, RolesQuota: limit } = SummaryMap as Partial<Record<string, number>>;
        return used === undefined || limit === undefined ? undefined : { used, limit };
      },
    },
    {
      name: "bytes of Lambda code of the region",
      added: functions,
      addition: `the code of ${counted(functions, "function")}`,
      async read({ lambda }) {
        const { AccountLimit, AccountUsage } = await lambda.send(new GetAccountSettingsCommand({}));
        const [used, limit] = [AccountUsage?.TotalCodeSize, AccountLimit?.TotalCodeSize];
        return used === undefined || limit === undefined ? undefined : { used, limit };
      },
    },
  ];
  const faults = await Promise.all(
    quotas
      .filter(({ added }) => added > 0)
      .map(async ({ name, added, addition, read }) => {
        try {
          const found = await read(clients);
          if (!found || found.used + added <= found.limit) return [];
          return [
            `The quota of ${name} is used up: ${found.used} of ${found.limit}, and this run adds ${addition}. Ask AWS for more, or delete unused ones.`,
          ];
        } catch (error) {
          progress(`The quota of ${name} is not checked: ${describeError(error)}`);
          return [];
        }
      }),
  );
  return faults.flat();
}
