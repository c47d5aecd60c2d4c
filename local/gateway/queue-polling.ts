import { isSuccess, jsonOf, type Forward, type JsonObject } from "./call";
import type { Functions, Place } from "./functions";
import { ownCall } from "./own-call";

/** An event source mapping from a queue to a function. */
export interface QueueMapping extends Place {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  /** The function says which messages of a batch failed. @default the batch succeeds or fails as a whole */
  readonly reportsItemFailures: boolean;
}

const POLL_MILLISECONDS = 1000;

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: JsonObject;
  readonly MessageAttributes?: Readonly<
    Record<string, { StringValue?: string; BinaryValue?: string; DataType: string }>
  >;
}

/** Reads queues and calls functions with their messages, as Lambda does for an event source mapping. */
export class QueuePolling {
  private readonly mappings = new Map<string, QueueMapping>();
  private readonly busy = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly functions: Functions,
    private readonly forward: Forward,
  ) {}

  start(mapping: QueueMapping): void {
    this.mappings.set(mapping.uuid, mapping);
    this.timer ??= setInterval(() => this.pollAll(), POLL_MILLISECONDS).unref();
    this.pollAll();
  }

  stop(uuid: string): void {
    this.mappings.delete(uuid);
    if (this.mappings.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  has(uuid: string): boolean {
    return this.mappings.has(uuid);
  }

  stopAll(): void {
    for (const uuid of [...this.mappings.keys()]) this.stop(uuid);
  }

  /** Looks at once: something may have been sent. */
  pollAll(): void {
    for (const mapping of this.mappings.values()) {
      if (this.busy.has(mapping.uuid)) continue;
      this.busy.add(mapping.uuid);
      void this.drain(mapping)
        .catch(() => undefined) // a queue that is gone, or moto that stops: the next round looks again
        .finally(() => this.busy.delete(mapping.uuid));
    }
  }

  private async drain(mapping: QueueMapping): Promise<void> {
    while (this.mappings.has(mapping.uuid)) {
      const messages = await this.receive(mapping);
      if (messages.length === 0) return;
      const Records = messages.map((message) => recordOf(message, mapping));
      const called = await this.functions.callFrom(mapping, mapping.functionArn, { Records }, this.forward);
      if (!called) return; // they become visible again when their time is over
      const failed = mapping.reportsItemFailures ? failedIn(called.value) : [];
      for (const { MessageId, ReceiptHandle } of messages) {
        if (!failed.includes(MessageId)) await this.sqs(mapping, "DeleteMessage", { ReceiptHandle });
      }
      if (failed.length > 0) return;
    }
  }

  private async receive(mapping: QueueMapping): Promise<Message[]> {
    const { Messages = [] } = (await this.sqs(mapping, "ReceiveMessage", {
      MaxNumberOfMessages: Math.min(mapping.batchSize, 10),
      AttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    })) as { Messages?: Message[] };
    return Messages;
  }

  private async sqs(mapping: QueueMapping, operation: string, input: object): Promise<JsonObject> {
    const { accountId, region, queueArn } = mapping;
    const QueueUrl = `http://127.0.0.1/${queueArn.split(":").slice(4).join("/")}`;
    const json = { target: `AmazonSQS.${operation}`, input: { QueueUrl, ...input } };
    const answer = await this.forward(ownCall({ accountId, region, service: "sqs", json }));
    if (!isSuccess(answer)) return {};
    return jsonOf(answer);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function recordOf(message: Message, { queueArn, region }: QueueMapping): object {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, one]) => [
    name,
    {
      ...(one.StringValue !== undefined && { stringValue: one.StringValue }),
      ...(one.BinaryValue !== undefined && { binaryValue: one.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: one.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes) as object,
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function failedIn(value: unknown): readonly string[] {
  const { batchItemFailures = [] } = (value ?? {}) as {
    batchItemFailures?: { itemIdentifier: string }[];
  };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
