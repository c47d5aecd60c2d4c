import { PublishCommand } from "@aws-sdk/client-sns";
import type { Clients } from "../../../cleanup/aws/clients";
import { listenersTo, subscriptionsOf, type Subscription } from "../../../cleanup/aws/subscriptions";
import type { Notifier } from "../core/ports";

/** SNS allows at most 100 ASCII characters without line breaks in a subject. */
const SUBJECT_LENGTH = 100;

/** Publishes notices. Kind, environment and owner are attributes, so that subscriptions can filter by them. */
export function notifier({ sns }: Pick<Clients, "sns">, TopicArn: string): Notifier {
  let subscriptions: Promise<readonly Subscription[]> | undefined;
  /** Read once per invocation; errors are not cached. */
  const read = () =>
    (subscriptions ??= subscriptionsOf(sns, TopicArn).catch((error: unknown) => {
      subscriptions = undefined;
      throw error;
    }));
  return {
    async publish({ subject, text, kind, environment, owner }) {
      const attributes = Object.entries({ kind, environment, ...(owner !== undefined && { owner }) });
      await sns.send(
        new PublishCommand({
          TopicArn,
          Subject: subject.replace(/[^\x20-\x7e]+/g, " ").slice(0, SUBJECT_LENGTH),
          Message: text,
          MessageAttributes: Object.fromEntries(
            attributes.map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
          ),
        }),
      );
    },
    listeners: async (attributes) => listenersTo(await read(), attributes).length,
  };
}
