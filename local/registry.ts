import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { reaperNames } from "../contract/reaper";
import { formatInstant, parseInstant } from "../contract/registry";
import { EXISTS, Registry } from "../registry/registry";
import { localClientConfig } from "./environment";

type Values = Readonly<Record<string, unknown>>;

/** The registry of a local AWS, whose records can be made older. */
export class LocalRegistry extends Registry {
  private constructor(
    private readonly client: DynamoDBClient,
    accountId: string,
    region: string,
  ) {
    super(client, { accountId, region });
  }

  static open(env: NodeJS.ProcessEnv, accountId: string, region: string): LocalRegistry {
    return new LocalRegistry(new DynamoDBClient(localClientConfig(env, region)), accountId, region);
  }

  /** The attributes of a record, valid or not; `undefined` if there is none or it is finished. */
  record(environment: string): Promise<Values | undefined> {
    return this.table.get(environment);
  }

  /** All items of an environment: record, history, audit lines. */
  items(environment: string): Promise<Values[]> {
    return this.table.query(environment);
  }

  /** Changes attributes of a record, as a person in the console would. */
  async change(environment: string, attributes: Values): Promise<void> {
    if (await this.changeIf(environment, attributes, EXISTS)) return;
    throw new Error(`The environment ${environment} has no record in ${this.table.name}.`);
  }

  /** Lets hours pass for one environment, by moving all instants in its record back. */
  async passHours(environment: string, hours: number): Promise<void> {
    const earlier = Object.entries((await this.record(environment)) ?? {}).flatMap(([name, value]) => {
      const instant = parseInstant(value);
      return instant === undefined ? [] : [[name, formatInstant(instant - hours * 3_600_000)] as const];
    });
    await this.change(environment, Object.fromEntries(earlier));
  }

  close(): void {
    this.client.destroy();
  }
}

/** A message that the reaper sent to people. */
export interface Notice {
  readonly subject: string;
  readonly text: string;
}

/** A mailbox on the notification topic of a local AWS. */
export class LocalNotices {
  private constructor(
    private readonly sqs: SQSClient,
    private readonly sns: SNSClient,
    private readonly queueUrl: string,
    private readonly subscriptionArn: string,
  ) {}

  static async subscribe(env: NodeJS.ProcessEnv, accountId: string, region: string): Promise<LocalNotices> {
    const sqs = new SQSClient(localClientConfig(env, region));
    const sns = new SNSClient(localClientConfig(env, region));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "local-notices" }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({
        TopicArn: reaperNames(accountId, region).topicArn,
        Protocol: "sqs",
        Endpoint: Attributes?.QueueArn,
      }),
    );
    return new LocalNotices(sqs, sns, QueueUrl!, SubscriptionArn!);
  }

  /** Messages since the last call, in order. */
  async take(): Promise<Notice[]> {
    const notices: Notice[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return notices;
      for (const { Body, ReceiptHandle } of Messages) {
        const { Subject = "", Message = "" } = JSON.parse(Body!) as Record<string, string>;
        notices.push({ subject: Subject, text: Message });
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queueUrl, ReceiptHandle }));
      }
    }
  }

  /** Deletes the mailbox. */
  async close(): Promise<void> {
    await this.sns.send(new UnsubscribeCommand({ SubscriptionArn: this.subscriptionArn }));
    await this.sqs.send(new DeleteQueueCommand({ QueueUrl: this.queueUrl }));
    this.sns.destroy();
    this.sqs.destroy();
  }
}
