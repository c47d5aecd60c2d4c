import { DescribeRegionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { explainAwsError } from "../../../operations/aws/errors";
import type { Place } from "../../../environments/stacks";
import { failed, ok, skipped, warning, type Check } from "./check";

/** Account of the credentials; absent when they do not work. */
export async function checkCredentials(
  sts: Pick<STSClient, "send">,
): Promise<{ readonly check: Check; readonly accountId?: string }> {
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { check: ok("credentials", `${Arn}`), accountId: Account };
  } catch (error) {
    const [found = "", ...mend] = (explainAwsError(error) ?? (error as Error).message).split("\n");
    return {
      check: failed("credentials", found, mend.join(" ") || "Log in, or name a profile with --profile."),
    };
  }
}

/** Whether the credentials are those of the environments' accounts. */
export function checkAccounts(accountId: string | undefined, places: readonly Place[]): Check[] {
  const wanted = [...new Set(places.map((place) => place.accountId))];
  return wanted.map((account) => {
    const name = `account ${account}`;
    if (accountId === undefined) return skipped(name, "needs credentials");
    if (account === accountId) return ok(name, "is that of the credentials");
    const mend = "Name the profile of that account with --profile, or correct accountId in the environment.";
    const found = `the credentials belong to ${accountId}`;
    // With several accounts, one set of credentials can only be right for one of them.
    return wanted.includes(accountId) ? warning(name, found, mend) : failed(name, found, mend);
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
    return failed(name, "AWS knows no region of this name", "Correct region in the environment.");
  }
  return optIn === "not-opted-in"
    ? failed(name, "is not enabled for this account", "Enable it in the account's settings (AWS Regions).")
    : ok(name, "is enabled");
}
