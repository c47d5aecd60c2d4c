import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

/** The version of a stack's expectations that was last pulled or pushed from here. */
export interface Seen {
  /** Address of the local AWS, or `aws`: each local AWS has expectations of its own. */
  readonly at: string;
  readonly bucket: string;
  readonly versionId: string;
  readonly etag: string;
}

const seenSchema = z.object({ at: z.string(), bucket: z.string(), versionId: z.string(), etag: z.string() });

/** Remembers versions in the project, in `.automock/expectations/<stack>.json`. */
export class SeenVersions {
  constructor(
    private readonly projectFolder: string,
    private readonly at: string,
  ) {}

  /** `undefined` when none was seen in this bucket. */
  read(stack: string, bucket: string): Seen | undefined {
    try {
      const seen = seenSchema.parse(JSON.parse(readFileSync(this.file(stack), "utf8")));
      return seen.at === this.at && seen.bucket === bucket ? seen : undefined;
    } catch {
      return undefined; // never written, or by hand: as good as not seen
    }
  }

  write(stack: string, seen: Omit<Seen, "at">): void {
    mkdirSync(dirname(this.file(stack)), { recursive: true });
    writeFileSync(this.file(stack), `${JSON.stringify({ at: this.at, ...seen }, null, 2)}\n`);
  }

  private file(stack: string): string {
    return join(this.projectFolder, ".automock", "expectations", `${stack}.json`);
  }
}
