import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { EXPECTATIONS_KEY } from "../../contract/names";
import { formatInstant } from "../../contract/registry";
import { UserError } from "../../contract/user-error";

/** What an upload says about itself. */
export interface Upload {
  /** ARN of who uploaded it. */
  readonly by: string;
  readonly message?: string;
}

/** One version of the expectations. */
export interface StoredVersion extends Partial<Upload> {
  readonly versionId: string;
  readonly etag: string;
  readonly uploadedAt: Date;
  readonly bytes: Uint8Array;
}

/** A version in the history; of a deletion there is nothing to read. */
export interface VersionEntry {
  readonly versionId: string;
  readonly uploadedAt: Date;
  readonly isLatest: boolean;
  readonly isDeletion: boolean;
  /** Bytes. */
  readonly size: number;
}

/** Someone else was faster: the version that was to be replaced is no longer the newest. */
export class ReplacedMeanwhile extends Error {}

const METADATA = { by: "automock-by", message: "automock-message" } as const;

/** The expectations of one stack: an object in its config bucket, with its versions. */
export class ExpectationStore {
  constructor(
    private readonly s3: Pick<S3Client, "send">,
    private readonly stack: string,
    readonly bucket: string,
  ) {}

  /** The newest version; `undefined` when it was deleted, or never made. */
  async current(): Promise<StoredVersion | undefined> {
    try {
      return await this.get();
    } catch (error) {
      if (nameOf(error) === "NoSuchKey") return undefined;
      throw error;
    }
  }

  /**
   * A version by its id or by the first characters of its id. Throws a `UserError` when no version or several have
   * them, or it is a deletion.
   */
  async find(text: string): Promise<StoredVersion> {
    try {
      return await this.version(text);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const found: VersionEntry[] = [];
      for await (const entry of this.versions()) {
        if (entry.versionId === text) throw error;
        if (!entry.isDeletion && entry.versionId.startsWith(text)) found.push(entry);
      }
      if (found.length === 0) throw error;
      if (found.length === 1) return this.version(found[0]!.versionId);
      throw new UserError(
        [
          `${this.stack} has ${found.length} versions that start with "${text}":`,
          ...found
            .slice(0, MOST_SHOWN)
            .map(({ versionId, uploadedAt }) => `  ${versionId}, ${formatInstant(uploadedAt.getTime())}`),
          ...(found.length > MOST_SHOWN ? [`  and ${found.length - MOST_SHOWN} older`] : []),
          "Write more characters of the one you mean.",
        ].join("\n"),
      );
    }
  }

  /** A version by its id. Throws a `UserError` when there is none, or it is a deletion. */
  async version(versionId: string): Promise<StoredVersion> {
    try {
      return await this.get(versionId);
    } catch (error) {
      // A deletion answers 405, an id that S3 could not have made 400.
      if (NO_VERSION.has(nameOf(error))) {
        throw new UserError(
          `${this.stack} has no version "${versionId}" of its expectations.\n` +
            `\`automock expectations history ${this.stack}\` lists the versions; a deleted one cannot be taken.`,
        );
      }
      throw error;
    }
  }

  async has(versionId: string): Promise<boolean> {
    try {
      await this.version(versionId);
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  /**
   * Uploads a new version in place of `replaced`, or of none. Throws `ReplacedMeanwhile` when that is no longer the
   * newest. Encryption is the bucket's default.
   */
  async put(
    bytes: Uint8Array,
    replaced: StoredVersion | undefined,
    { by, message }: Upload,
  ): Promise<Pick<StoredVersion, "versionId" | "etag">> {
    try {
      const answer = await this.s3.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: EXPECTATIONS_KEY,
          Body: bytes,
          ContentType: "application/json",
          ...(replaced ? { IfMatch: replaced.etag } : { IfNoneMatch: "*" }),
          // Metadata travels in headers, which take ASCII only.
          Metadata: {
            [METADATA.by]: encodeURIComponent(by),
            ...(message !== undefined && { [METADATA.message]: encodeURIComponent(message) }),
          },
        }),
      );
      return { versionId: answer.VersionId ?? "null", etag: answer.ETag! };
    } catch (error) {
      if (REPLACED.has(nameOf(error))) throw new ReplacedMeanwhile();
      throw this.explained(error);
    }
  }

  /** Versions, the newest first. */
  async *versions(): AsyncIterable<VersionEntry> {
    let markers: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await this.s3
        .send(new ListObjectVersionsCommand({ Bucket: this.bucket, Prefix: EXPECTATIONS_KEY, ...markers }))
        .catch((error: unknown) => {
          throw this.explained(error);
        });
      const entries = [
        ...(page.Versions ?? []).map((version) => ({ ...version, isDeletion: false })),
        ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: 0, isDeletion: true })),
      ]
        .filter(({ Key }) => Key === EXPECTATIONS_KEY)
        .map(({ VersionId, LastModified, IsLatest, Size, isDeletion }) => ({
          versionId: VersionId!,
          uploadedAt: LastModified!,
          isLatest: IsLatest ?? false,
          isDeletion,
          size: Size ?? 0,
        }));
      yield* entries.sort(
        (a, b) => Number(b.isLatest) - Number(a.isLatest) || b.uploadedAt.getTime() - a.uploadedAt.getTime(),
      );
      if (!page.IsTruncated) return;
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  private async get(versionId?: string): Promise<StoredVersion> {
    let answer: GetObjectCommandOutput;
    try {
      answer = await this.s3.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: EXPECTATIONS_KEY, VersionId: versionId }),
      );
    } catch (error) {
      throw this.explained(error);
    }
    const metadata = answer.Metadata ?? {};
    return {
      versionId: answer.VersionId ?? versionId ?? "null",
      etag: answer.ETag!,
      uploadedAt: answer.LastModified!,
      bytes: await answer.Body!.transformToByteArray(),
      by: decoded(metadata[METADATA.by]),
      message: decoded(metadata[METADATA.message]),
    };
  }

  private explained(error: unknown): unknown {
    if (nameOf(error) !== "NoSuchBucket") return error;
    return new UserError(
      `${this.stack} has no config bucket (${this.bucket}): it is not deployed, or was removed when its time was up.\n` +
        `Deploy it first: automock deploy ${this.stack}.`,
    );
  }
}

/** Versions in a message. */
const MOST_SHOWN = 5;
const NO_VERSION = new Set(["NoSuchVersion", "NoSuchKey", "InvalidArgument", "MethodNotAllowed", "405"]);
const REPLACED = new Set(["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"]);

function nameOf(error: unknown): string {
  return (error as Partial<Error>).name ?? "";
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
