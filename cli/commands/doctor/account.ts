import { DescribeRegionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { explainAwsError } from "../../../operations/aws/errors";
import type { Place } from "../../../environments/schema/stacks";
import { failed, ok, skipped, warning, type Check } from "./check";

/** Checks the credentials; the account is absent if they do not work. */
export async function checkCredentials(
  sts: Pick<STSClient, "send">,
): Promise<{ readonly check: Check; readonly accountId?: string }> {
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { check: ok("credentials", `${Arn}`), accountId: Account };
  } catch (error) {
    const [found = "", ...fix] = (explainAwsError(error) ?? (error as Error).message).split("\n");
    return {
      check: failed("credentials", found, fix.join(" ") || "Log in, or name a profile with --profile."),
    };
  }
}

/** Whether the credentials belong to the environments' accounts. */
export function checkAccounts(accountId: string | undefined, places: readonly Place[]): Check[] {
  const wanted = [...new Set(places.map((place) => place.accountId))];
  return wanted.map((account) => {
    const name = `account ${account}`;
    if (accountId === undefined) return skipped(name, "requires credentials");
    if (account === accountId) return ok(name, "matches the credentials");
    const fix = "Name a profile of that account with --profile, or correct accountId in the environment.";
    const found = `the credentials belong to ${accountId}`;
    // With several accounts, credentials can match only one of them.
    return wanted.includes(accountId) ? warning(name, found, fix) : failed(name, found, fix);
  });
}

/** Whether the account may use the region. */
export async function checkRegion(ec2: Pick<EC2Client, "send">, { region }: Place): Promise<Check> {
  const name = `region ${region}`;
  const { Regions = [] } = await ec2.send(
    new DescribeRegionsCommand({
      AllRegions: true,
      Filters: [{ Name: "region-name", Values: [region] }],
    }),
  );
  const optIn = Regions.find(({ RegionName }) => RegionName === region)?.OptInStatus;
  if (optIn === undefined) {
    return failed(name, "AWS has no region of this name", "Correct region in the environment.");
  }
  return optIn === "not-opted-in"
    ? failed(name, "is not enabled for this account", "Enable it in the account's settings (AWS Regions).")
    : ok(name, "is enabled");
}
