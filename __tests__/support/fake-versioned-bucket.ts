import type { S3Client } from "@aws-sdk/client-s3";
import { awsError } from "./fake-clients";

/** A version of the object; the id tells its minute. */
export interface FakeVersion {
  readonly id: string;
  /** Absent in a deletion. */
  readonly body?: string;
  readonly metadata?: Record<string, string>;
}

/** A versioned bucket with one object, as far as the command uses it. */
export class FakeVersionedBucket {
  readonly versions: FakeVersion[] = [];
  readonly puts: Record<string, unknown>[] = [];
  /** Versions in one page of the listing. */
  pageSize = 1000;
  missing = false;
  /** Happens right before the next upload is looked at. */
  meanwhile?: () => void;

  add(body: string | undefined, metadata?: Record<string, string>): string {
    const id = `v${this.versions.length + 1}`;
    this.versions.push({ id, body, metadata });
    return id;
  }

  get client(): Pick<S3Client, "send"> {
    const send = async ({ constructor, input }: { constructor: { name: string }; input: never }) => {
      if (this.missing) throw awsError("NoSuchBucket");
      const operations: Record<string, (input: never) => unknown> = {
        GetObjectCommand: (given) => this.get(given),
        PutObjectCommand: (given) => this.put(given),
        ListObjectVersionsCommand: (given) => this.list(given),
      };
      return operations[constructor.name]!(input);
    };
    return { send } as unknown as Pick<S3Client, "send">;
  }

  private get({ VersionId }: { VersionId?: string }) {
    const version = VersionId ? this.versions.find(({ id }) => id === VersionId) : this.versions.at(-1);
    if (VersionId && !version) throw awsError("NoSuchVersion");
    if (version?.body === undefined) throw awsError(VersionId ? "MethodNotAllowed" : "NoSuchKey");
    const { id, body, metadata } = version;
    return {
      VersionId: id,
      ETag: etagOf(version),
      LastModified: timeOf(id),
      Metadata: metadata ?? {},
      Body: { transformToByteArray: async () => Buffer.from(body) },
    };
  }

  private put(input: {
    Body: Uint8Array;
    IfMatch?: string;
    IfNoneMatch?: string;
    Metadata: Record<string, string>;
  }) {
    this.meanwhile?.();
    const latest = this.versions.at(-1);
    const exists = latest?.body !== undefined;
    const matches = input.IfMatch === undefined ? !exists : exists && etagOf(latest) === input.IfMatch;
    if (!matches) throw awsError("PreconditionFailed");
    this.puts.push(input);
    const id = this.add(Buffer.from(input.Body).toString(), input.Metadata);
    return { VersionId: id, ETag: etagOf(this.versions.at(-1)!) };
  }

  private list({ KeyMarker, VersionIdMarker }: { KeyMarker?: string; VersionIdMarker?: string }) {
    const newestFirst = [...this.versions].reverse();
    const start = KeyMarker ? newestFirst.findIndex(({ id }) => id === VersionIdMarker) + 1 : 0;
    const page = newestFirst.slice(start, start + this.pageSize);
    const entry = ({ id, body }: FakeVersion) => ({
      Key: "expectations.json",
      VersionId: id,
      LastModified: timeOf(id),
      IsLatest: id === newestFirst[0]!.id,
      Size: body?.length,
    });
    const isTruncated = start + this.pageSize < newestFirst.length;
    return {
      Versions: [
        ...page.filter(({ body }) => body !== undefined).map(entry),
        { ...entry(newestFirst[0]!), Key: "expectations.json.bak", VersionId: "other" },
      ],
      DeleteMarkers: page.filter(({ body }) => body === undefined).map(entry),
      IsTruncated: isTruncated,
      ...(isTruncated && { NextKeyMarker: "expectations.json", NextVersionIdMarker: page.at(-1)!.id }),
    };
  }
}

const etagOf = ({ id }: FakeVersion) => `"etag-${id}"`;
const timeOf = (id: string) => new Date(Date.UTC(2026, 0, 1, 12, Number(id.slice(1))));
