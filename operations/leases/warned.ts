import type { SNSClient } from "@aws-sdk/client-sns";
import { isNotFound } from "../../cleanup/aws/errors";
import { listenersTo, subscriptionsOf } from "../../cleanup/aws/subscriptions";
import type { Place } from "../../contract/names";
import { reaperNames } from "../../contract/reaper";

/** Who is warned before the environments of an owner are deleted. */
export interface Warned {
  readonly owner: string;
  /** Endpoints of confirmed subscriptions. Empty: no one is warned, so the reaper deletes nothing of this owner. */
  readonly endpoints: readonly string[];
}

export interface WarnedOwners {
  readonly owners: readonly Warned[];
  /** Addresses that have not confirmed their subscription. */
  readonly unconfirmed: readonly string[];
}

/** Looks up who is warned for each owner; `undefined` when the account and region have no reaper. */
export async function warnedOwners(
  sns: Pick<SNSClient, "send">,
  { accountId, region }: Place,
  owners: readonly string[],
): Promise<WarnedOwners | undefined> {
  try {
    const subscriptions = await subscriptionsOf(sns, reaperNames(accountId, region).topicArn);
    return {
      owners: [...new Set(owners)].sort().map((owner) => ({
        owner,
        endpoints: listenersTo(subscriptions, { kind: "warning", environment: "", owner }).map(
          ({ endpoint }) => endpoint,
        ),
      })),
      unconfirmed: subscriptions.filter(({ confirmed }) => !confirmed).map(({ endpoint }) => endpoint),
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What to do when no one is warned for an owner. */
export function howToBeWarned(owner: string, unconfirmed: readonly string[] = []): string {
  const pending = unconfirmed.length === 0 ? "" : ` Not confirmed yet: ${unconfirmed.join(", ")}.`;
  return `Add an address for "${owner}" to teams in environments/bootstrap.ts, or to notifications.emails of the environment. Then run automock bootstrap, and follow the link in the mail that AWS sends to the address.${pending}`;
}
