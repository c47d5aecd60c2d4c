import { createClients } from "../../../operations/aws/clients";
import { explainAwsError } from "../../../operations/aws/errors";
import type { Cli } from "../../context";
import type { Place, StackRef } from "../../../environments/schema/stacks";
import { checkAccounts, checkCredentials, checkRegion } from "./account";
import { Registry } from "../../../registry/registry";
import { checkBackend } from "./backend";
import { failed, skipped, type Check, type Diagnosis } from "./check";
import { checkDeletion } from "./deletion";
import { checkImages } from "./images";
import { checkQuotas } from "./quotas";
import { scopeOf } from "./scope";
import { checkTools } from "./tools";
import { checkWarned } from "./warned";

/**
 * Checks everything that a deployment requires. A failed check does not stop the others.
 *
 * @param id of a stack or bootstrap stack @default every environment
 */
export async function diagnose(cli: Cli, id: string | undefined): Promise<Diagnosis> {
  if (id !== undefined) scopeOf(cli, id); // throws for an unknown name before any check runs
  const checks = await checkTools(cli);
  if (checks.some(({ name, status }) => name === "environments" && status === "failed")) {
    checks.push(skipped("AWS", "the account and region come from the environments"));
  } else {
    const { places, stacks } = scopeOf(cli, id);
    checks.push(...checkImages(cli.usableEnvironments()));
    const { sts } = await createClients(cli.clientConfig(places[0]!.region), "sts");
    const { check, accountId } = await checkCredentials(sts);
    checks.push(check, ...checkAccounts(accountId, places));
    for (const place of places) {
      const { region } = place;
      if (accountId !== place.accountId) {
        checks.push(skipped(`${place.accountId}/${region}`, "requires credentials of this account"));
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
    ...(["ec2", "quotas", "cloudWatch", "s3", "dynamoDb", "lambda", "sns"] as const),
  );
  const fix = `automock bootstrap --environment ${stacks[0]?.environment ?? "prod"}`;
  const groups = await Promise.all([
    guarded("region", async () => [await checkRegion(clients.ec2, place)]),
    guarded("state backend", () => checkBackend(clients, place, fix)),
    guarded("deletion", () => checkDeletion(new Registry(clients.dynamoDb, place), stacks)),
    guarded("warnings", () => checkWarned(clients.sns, place, stacks)),
    guarded("quotas", () => checkQuotas(clients, stacks, place.region)),
  ]);
  return groups.flat();
}

/** Turns an error of AWS into a failed check, so that the other checks go on. */
async function guarded(name: string, work: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await work();
  } catch (error) {
    const [found = "", ...fix] = (explainAwsError(error) ?? String(error)).split("\n");
    return [failed(name, found, fix.join(" ") || "Resolve the error in the message, then try again.")];
  }
}
