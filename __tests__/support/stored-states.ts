import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, HeadObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { lockTableName, stateBucketName, type Place } from "../../contract/names";
import type { LocalClientConfig } from "../../local/environment";

/** What Terraform has written: states, and both locks of each. Keys are those of the states. */
export class StoredStates {
  private readonly s3: S3Client;
  private readonly dynamoDb: DynamoDBClient;
  private readonly bucket: string;
  private readonly table: string;

  constructor(config: LocalClientConfig, { accountId, region }: Place) {
    this.s3 = new S3Client(config);
    this.dynamoDb = new DynamoDBClient(config);
    this.bucket = stateBucketName(accountId, region);
    this.table = lockTableName(accountId, region);
  }

  /** Fails if there is none. */
  async exists(key: string): Promise<void> {
    await this.s3.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  async text(key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return Body!.transformToString();
  }

  /** The lock file; `undefined` if nobody holds the lock. */
  async lockFile(key: string): Promise<string | undefined> {
    try {
      return await this.text(`${key}.tflock`);
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Whether someone holds the lock of the table. */
  async isLockedInTable(key: string): Promise<boolean> {
    return (await this.item(key)) !== undefined;
  }

  /** Digest of the state that the table keeps; `undefined` if it keeps none. */
  async digest(key: string): Promise<string | undefined> {
    return (await this.item(`${key}-md5`))?.Digest?.S;
  }

  close(): void {
    this.s3.destroy();
    this.dynamoDb.destroy();
  }

  private async item(key: string) {
    const Key = { LockID: { S: `${this.bucket}/${key}` } };
    return (await this.dynamoDb.send(new GetItemCommand({ TableName: this.table, Key }))).Item;
  }
}
