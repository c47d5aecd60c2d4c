import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { formatInstant, parseInstant, registryKey } from "../contract/registry";
import { reaperNames } from "../contract/reaper";

/** Attributes of a record that are instants. */
const INSTANTS = [
  "createdAt",
  "expiresAt",
  "maxExpiresAt",
  "warnPending",
  "warnTriedAt",
  "warnedAt",
  "warnFor",
  "firstDeleteAt",
];

type Item = Record<string, AttributeValue>;

/** The registry of a local AWS, and a clock for its records: they grow older when told to. */
export class LocalRegistry {
  private readonly client: DynamoDBClient;
  private readonly tableName: string;

  constructor(env: NodeJS.ProcessEnv, accountId: string, region: string) {
    this.client = new DynamoDBClient(connection(env, region));
    this.tableName = reaperNames(accountId, region).registryTableName;
  }

  /** The record of an environment; `undefined` when it has none, or is finished. */
  async record(environment: string): Promise<Item | undefined> {
    const { Item: item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: keyOf(environment), ConsistentRead: true }),
    );
    return item;
  }

  /** All items of an environment: record, history, audit lines. */
  async items(environment: string): Promise<Item[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: registryKey(environment).pk } },
      }),
    );
    return Items;
  }

  /** Changes attributes of a record, as a person at the console would. */
  async change(environment: string, attributes: Item): Promise<void> {
    const item = await this.record(environment);
    if (!item) throw new Error(`The environment ${environment} has no record in ${this.tableName}.`);
    await this.client.send(
      new PutItemCommand({ TableName: this.tableName, Item: { ...item, ...attributes } }),
    );
  }

  /** Lets hours pass for one environment: everything in its record happened that much earlier. */
  async passHours(environment: string, hours: number): Promise<void> {
    const item = (await this.record(environment)) ?? {};
    const earlier = INSTANTS.flatMap((name) => {
      const instant = parseInstant(item[name]?.S);
      return instant === undefined
        ? []
        : [[name, { S: formatInstant(instant - hours * 3_600_000) }] as const];
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
    const sqs = new SQSClient(connection(env, region));
    const sns = new SNSClient(connection(env, region));
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

  /** What came since the last time, in order. */
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

  /** Takes the mailbox away. */
  async close(): Promise<void> {
    await this.sns.send(new UnsubscribeCommand({ SubscriptionArn: this.subscriptionArn }));
    await this.sqs.send(new DeleteQueueCommand({ QueueUrl: this.queueUrl }));
    this.sns.destroy();
    this.sqs.destroy();
  }
}

function keyOf(environment: string): Item {
  const { pk, sk } = registryKey(environment);
  return { pk: { S: pk }, sk: { S: sk } };
}

function connection(env: NodeJS.ProcessEnv, region: string) {
  return {
    region,
    endpoint: env.AWS_ENDPOINT_URL,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}
