import { CreateQueueCommand, GetQueueUrlCommand, ListQueueTagsCommand } from "@aws-sdk/client-sqs";
import { unlessNotFound } from "../../../cleanup/aws/errors";
import { testResourceName, testRunNames, type TestRun } from "../../../contract/test-run";
import { whenConsistent } from "../consistency";
import { policyDocument, type Statement } from "../policy";
import type { Node } from "./node";

export interface QueueProps {
  /** Receives after which a message moves to the dead-letter queue. @default never */
  readonly deadLetterAfter?: number;
  /** Seconds that a received message stays hidden. */
  readonly visibilitySeconds: number;
  /** ARNs of topics and rules that send to it, by service. */
  readonly senders: readonly { readonly service: "sns" | "events"; readonly arn: string }[];
}

/** Terraform's provider found that 60 s are not always enough: https://github.com/hashicorp/terraform-provider-aws/pull/3148 */
const NAME_FREE_MS = 80_000;

/** A queue, and its dead-letter queue where it has one. */
export function queueNodes(run: TestRun, node: string, props: QueueProps): Node[] {
  const { deadLetterAfter, visibilitySeconds, senders } = props;
  const dead = `${node}-dead`;
  const arn = queueArn(run, node);
  const attributes = {
    VisibilityTimeout: String(visibilitySeconds),
    ...(senders.length > 0 && { Policy: policyDocument(senders.map((sender) => sending(sender, arn))) }),
    ...(deadLetterAfter !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queueArn(run, dead),
        maxReceiveCount: deadLetterAfter,
      }),
    }),
  };
  return [
    ...(deadLetterAfter === undefined ? [] : [oneQueue(run, dead, {}, [])]),
    oneQueue(run, node, attributes, deadLetterAfter === undefined ? [] : [dead]),
  ];
}

function oneQueue(
  run: TestRun,
  node: string,
  Attributes: Record<string, string>,
  after: readonly string[],
): Node {
  const QueueName = testResourceName(run, "queue", node);
  const arn = queueArn(run, node);
  return {
    node,
    type: "sqs:queue",
    name: QueueName,
    after,
    calls: ["sqs:GetQueueUrl", "sqs:CreateQueue"],
    // Creating a queue that exists with these attributes succeeds, no matter who created it.
    looksFirst: true,
    async find({ clients }) {
      const found = await unlessNotFound(() => clients.sqs.send(new GetQueueUrlCommand({ QueueName })));
      if (found?.QueueUrl === undefined) return undefined;
      const { Tags = {} } = await clients.sqs.send(new ListQueueTagsCommand({ QueueUrl: found.QueueUrl }));
      return { id: found.QueueUrl, arn, tags: Tags };
    },
    async create(context) {
      const { clients, tags, progress } = context;
      let told = false;
      const create = () =>
        clients.sqs
          .send(new CreateQueueCommand({ QueueName, Attributes, tags: { ...tags } }))
          .catch((error: Error) => {
            if (error.name === "QueueDeletedRecently" && !told) {
              progress(
                `${node}: SQS gives the name of a deleted queue again after 60 s, and an earlier run with this key has just deleted it; waiting`,
              );
              told = true;
            }
            throw error;
          });
      const { QueueUrl } = await whenConsistent(context, create, NAME_FREE_MS);
      return { id: QueueUrl!, arn };
    },
  };
}

export function queueArn(run: TestRun, node: string): string {
  return testRunNames(run).arn("sqs", testResourceName(run, "queue", node));
}

function sending({ service, arn }: QueueProps["senders"][number], queue: string): Statement {
  return {
    Effect: "Allow",
    Principal: { Service: `${service}.amazonaws.com` },
    Action: "sqs:SendMessage",
    Resource: queue,
    Condition: { ArnEquals: { "aws:SourceArn": arn } },
  };
}
