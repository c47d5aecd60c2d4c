import { PublishCommand } from "@aws-sdk/client-sns";
import type { Clients } from "../../../cleanup/aws/clients";
import type { Notifier } from "../core/ports";

/** SNS takes a subject of at most 100 ASCII characters without line breaks. */
const SUBJECT_LENGTH = 100;

/** Publishes what people must hear; kind and environment are attributes, so that subscriptions can filter. */
export function notifier({ sns }: Pick<Clients, "sns">, TopicArn: string): Notifier {
  return {
    async publish({ kind, environment, subject, text }) {
      const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
      await sns.send(
        new PublishCommand({
          TopicArn,
          Subject: subject.replace(/[^\x20-\x7e]+/g, " ").slice(0, SUBJECT_LENGTH),
          Message: text,
          MessageAttributes: { kind: attribute(kind), environment: attribute(environment) },
        }),
      );
    },
  };
}
