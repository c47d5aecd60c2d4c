import { createHash } from "node:crypto";
import type { Clients } from "../../cleanup/aws/clients";

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly versionId: string;
}

type Attributes = Record<string, { readonly S?: string }>;

export class RefusedError extends Error {
  constructor(name: string) {
    super(`${name} (from the test's store)`);
    this.name = name;
  }
}

/**
 * One bucket and one table in memory, with exactly the conditions that Terraform's lock and state need: If-None-Match,
 * If-Match, `attribute_not_exists(LockID)` and `Info = :info`. Everything else is an error.
 */
export class ConditionalStores {
  public readonly objects = new Map<string, StoredObject>();
  public readonly items = new Map<string, Attributes>();
  /** Commands as they came, with the key they were about. */
  public readonly log: string[] = [];
  /** Called after a command took effect; throws to lose its answer. */
  public afterEffect: (line: string) => void = () => undefined;
  /** Called before a command takes effect; throws to refuse it. */
  public beforeEffect: (line: string) => void = () => undefined;
  private versions = 0;

  public readonly clients = {
    s3: { send: (command: Sent) => this.run(command, String(command.input.Key), () => this.s3(command)) },
    dynamoDb: {
      send: (command: Sent) => this.run(command, keyOf(command.input), () => this.dynamoDb(command)),
    },
  } as unknown as Clients;

  public put(key: string, text: string): void {
    this.versions += 1;
    const bytes = Buffer.from(text);
    const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    this.objects.set(key, { bytes, etag, versionId: `v${this.versions}` });
  }

  public text(key: string): string | undefined {
    return this.objects.get(key)?.bytes.toString();
  }

  private async run(command: Sent, key: string, effect: () => object): Promise<object> {
    const line = `${command.constructor.name.replace(/Command$/, "")} ${key}`;
    this.log.push(line);
    this.beforeEffect(line);
    const answer = effect();
    this.afterEffect(line);
    return answer;
  }

  private s3({ constructor: { name }, input }: Sent): object {
    const key = String(input.Key);
    const found = this.objects.get(key);
    switch (name) {
      case "GetObjectCommand": {
        if (!found) throw new RefusedError("NoSuchKey");
        const { bytes, etag, versionId } = found;
        const Body = {
          transformToString: async () => bytes.toString(),
          transformToByteArray: async () => new Uint8Array(bytes),
        };
        return { Body, ETag: etag, VersionId: versionId };
      }
      case "PutObjectCommand":
        if (input.IfNoneMatch === "*" && found) throw new RefusedError("PreconditionFailed");
        if (input.IfMatch !== undefined && input.IfMatch !== found?.etag) {
          throw new RefusedError(found ? "PreconditionFailed" : "NoSuchKey");
        }
        this.put(key, Buffer.from(input.Body as string | Uint8Array).toString());
        return {};
      case "DeleteObjectCommand":
        if (input.IfMatch !== undefined && input.IfMatch !== found?.etag) {
          throw new RefusedError("PreconditionFailed");
        }
        this.objects.delete(key);
        return {};
      default:
        throw new Error(`the test's store does not know ${name}`);
    }
  }

  private dynamoDb({ constructor: { name }, input }: Sent): object {
    const key = keyOf(input);
    const found = this.items.get(key);
    switch (name) {
      case "GetItemCommand":
        if (input.ConsistentRead !== true) throw new Error("a lock must be read consistently");
        return { Item: found };
      case "PutItemCommand":
        if (input.ConditionExpression === "attribute_not_exists(LockID)" && found) {
          throw new RefusedError("ConditionalCheckFailedException");
        }
        this.items.set(key, input.Item as Attributes);
        return {};
      case "DeleteItemCommand":
        if (input.ConditionExpression === "Info = :info") {
          const { ":info": info } = input.ExpressionAttributeValues as Attributes;
          if (found?.Info?.S !== info?.S) throw new RefusedError("ConditionalCheckFailedException");
        } else if (input.ConditionExpression !== undefined) {
          throw new Error(
            `the test's store does not know the condition ${String(input.ConditionExpression)}`,
          );
        }
        this.items.delete(key);
        return {};
      default:
        throw new Error(`the test's store does not know ${name}`);
    }
  }
}

function keyOf(input: Record<string, unknown>): string {
  const { LockID } = (input.Key ?? input.Item) as Attributes;
  return String(LockID?.S);
}
