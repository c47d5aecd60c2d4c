import { createClients } from "../../../operations/aws/clients";
import { explainAwsError } from "../../../operations/aws/errors";
import type { Cli } from "../../context";
import type { Place, StackRef } from "../../../environments/stacks";
import { checkAccounts, checkCredentials, checkRegion } from "./account";
import { checkBackend } from "./backend";
import { failed, skipped, type Check, type Diagnosis } from "./check";
import { checkQuotas } from "./quotas";
import { scopeOf } from "./scope";
import { checkTools } from "./tools";

/**
 * Looks at everything that a deployment needs. A check that fails keeps none of the others from being made.
 *
 * @param id of a stack or bootstrap stack; all of the environments when absent
 */
export async function diagnose(cli: Cli, id: string | undefined): Promise<Diagnosis> {
  if (id !== undefined) scopeOf(cli, id); // a name that is wrong is said before anything is looked at
  const checks = await checkTools(cli);
  if (checks.some(({ name, status }) => name === "environments" && status === "failed")) {
    checks.push(skipped("AWS", "which account and region to look at is said by the environments"));
  } else {
    const { places, stacks } = scopeOf(cli, id);
    const { sts } = await createClients(cli.clientConfig(places[0]!.region), "sts");
    const { check, accountId } = await checkCredentials(sts);
    checks.push(check, ...checkAccounts(accountId, places));
    for (const place of places) {
      const { region } = place;
      if (accountId !== place.accountId) {
        checks.push(skipped(`${place.accountId}/${region}`, "needs credentials of this account"));
        continue;
      }
      const here = stacks.filter((one) => one.accountId === accountId && one.region === region);
      const found = await checkPlace(cli, place, here);
      const label = ({ name, ...rest }: Check) => ({ name: `${name} (${region})`, ...rest });
      checks.push(...(places.length > 1 ? found.map(label) : found));
    }
  }
  return { ok: !checks.some(({ status }) => status === "failed"), checks };
}

async function checkPlace(cli: Cli, place: Place, stacks: readonly StackRef[]): Promise<Check[]> {
  const clients = await createClients(
    cli.clientConfig(place.region),
    ...(["ec2", "quotas", "cloudWatch", "s3", "dynamoDb", "lambda"] as const),
  );
  const mend = `automock bootstrap --environment ${stacks[0]?.environment ?? "prod"}`;
  const groups = await Promise.all([
    guarded("region", async () => [await checkRegion(clients.ec2, place)]),
    guarded("state backend", () => checkBackend(clients, place, mend)),
    guarded("quotas", () => checkQuotas(clients, stacks, place.region)),
  ]);
  return groups.flat();
}

/** What AWS refuses to tell is a failed check, not the end of the others. */
async function guarded(name: string, work: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await work();
  } catch (error) {
    const [found = "", ...mend] = (explainAwsError(error) ?? String(error)).split("\n");
    return [failed(name, found, mend.join(" ") || "Look at the message, then try again.")];
  }
}
