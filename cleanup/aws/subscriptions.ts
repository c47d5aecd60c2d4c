import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
} from "@aws-sdk/client-sns";
import { receives, type NoticeAttributes } from "../../contract/audience";
import { unlessNotFound } from "./errors";
import { allPages } from "./pages";

/** A subscription to the reaper's topic. */
export interface Subscription {
  /** Address or ARN. */
  readonly endpoint: string;
  /** False until the recipient has followed the link in AWS's first email; nothing is delivered before. */
  readonly confirmed: boolean;
  /** JSON. @default every notice */
  readonly filterPolicy?: string;
  /** It filters by message body, so what it receives is unknown. */
  readonly byBody: boolean;
}

/** Every subscription to a topic, including unconfirmed ones. */
export async function subscriptionsOf(
  sns: Pick<SNSClient, "send">,
  TopicArn: string,
): Promise<Subscription[]> {
  const listed = await allPages(async (NextToken) => {
    const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    return { items: page.Subscriptions, next: page.NextToken };
  });
  const subscriptions: Subscription[] = [];
  for (const { SubscriptionArn = "", Endpoint = "" } of listed) {
    if (!SubscriptionArn.startsWith("arn:")) {
      if (SubscriptionArn !== "Deleted")
        subscriptions.push({ endpoint: Endpoint, confirmed: false, byBody: false });
      continue;
    }
    const found = await unlessNotFound(() =>
      sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
    );
    if (!found) continue;
    const { PendingConfirmation, FilterPolicy, FilterPolicyScope } = found.Attributes ?? {};
    subscriptions.push({
      endpoint: Endpoint,
      confirmed: PendingConfirmation !== "true",
      byBody: FilterPolicyScope === "MessageBody",
      ...(FilterPolicy !== undefined && { filterPolicy: FilterPolicy }),
    });
  }
  return subscriptions;
}

/** The confirmed subscriptions that receive a notice. */
export function listenersTo(
  subscriptions: readonly Subscription[],
  attributes: NoticeAttributes,
): Subscription[] {
  return subscriptions.filter(
    ({ confirmed, byBody, filterPolicy }) =>
      confirmed && (filterPolicy === undefined || (!byBody && receives(filterPolicy, attributes))),
  );
}
