import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { TASK_SIZES } from "../../../contract/fargate";
import { history } from "../../../operations/expectations/history";
import { pull } from "../../../operations/expectations/pull";
import { SeenVersions } from "../../../operations/expectations/seen";
import { ExpectationStore } from "../../../operations/expectations/store";
import { push, rollback, type UploadOptions } from "../../../operations/expectations/upload";
import { UserError } from "../../../contract/user-error";
import { awsError } from "../../support/fake-clients";
import { FakeVersionedBucket } from "../../support/fake-versioned-bucket";

const STACK = "automock-demo-42";
const BUCKET = "automock-demo-42-config-123456789012-us-east-1";

const mock = (id: string, status = 200) => ({
  id,
  httpRequest: { path: `/${id}` },
  httpResponse: { statusCode: status },
});
const file = (...mocks: readonly unknown[]) => `${JSON.stringify(mocks)}\n`;

let folder: string;
let s3: FakeVersionedBucket;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "expectations-"));
  s3 = new FakeVersionedBucket();
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function target(at = "aws"): UploadOptions {
  return {
    stack: STACK,
    store: new ExpectationStore(s3.client, STACK, BUCKET),
    seen: new SeenVersions(folder, at),
    size: TASK_SIZES.small,
    uploader: async () => "arn:aws:sts::123456789012:assumed-role/dev/zoë",
    log: (line) => void lines.push(line),
  };
}

const pushed = (body: string, options: { force?: boolean; message?: string; at?: string } = {}) =>
  push({
    ...target(options.at),
    file: "mocks.json",
    bytes: Buffer.from(body),
    force: options.force ?? false,
    message: options.message,
  });
const pulled = (path?: string, force = false) => pull({ ...target(), file: path, force });

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe("push", () => {
  it("asks before mocks that answer vanish or are hidden, and uploads nothing without a yes", async () => {
    s3.add(file(mock("a"), mock("b")));
    await pulled();
    const asked: unknown[] = [];
    const pushing = (body: string, answer: boolean) =>
      push({
        ...{ ...target(), file: "mocks.json", bytes: Buffer.from(body), force: false },
        confirm: async ({ gone, hidden }) => {
          asked.push([...gone, ...hidden].map(({ id }) => id));
          return answer;
        },
      });
    const all = { id: "all", httpRequest: {}, httpResponse: {} };
    expect(await refusal(pushing(file(all, mock("a")), false))).toBe("Nothing was uploaded.");
    expect(asked).toEqual([["b", "a"]]);
    await pushing(file(mock("a"), mock("b"), mock("c")), false);
    expect(asked).toHaveLength(1);
    await pushing(file(mock("c")), true);
    expect(asked).toEqual([
      ["b", "a"],
      ["a", "b"],
    ]);
  });

  it("uploads in place of the version that is there, with who and why", async () => {
    s3.add("[]\n");
    const body = file(mock("a"), mock("b"));
    expect(await pushed(body, { message: "größer" })).toEqual({
      stack: STACK,
      bucket: BUCKET,
      uploaded: true,
      versionId: "v2",
      expectations: 2,
      changes: { added: ["a", "b"], changed: [], removed: [], reordered: false },
      warnings: [],
    });
    expect(lines).toEqual(["+ 2 added: a, b"]);
    expect(s3.puts).toEqual([
      {
        Bucket: BUCKET,
        Key: "expectations.json",
        Body: Buffer.from(body),
        ContentType: "application/json",
        IfMatch: '"etag-v1"',
        Metadata: {
          "automock-by": "arn%3Aaws%3Asts%3A%3A123456789012%3Aassumed-role%2Fdev%2Fzo%C3%AB",
          "automock-message": "gr%C3%B6%C3%9Fer",
        },
      },
    ]);
  });

  it.each([[() => undefined], [() => s3.add(undefined)]])(
    "makes the object when there is none",
    async (before) => {
      before();
      expect(await pushed(file(mock("a")))).toMatchObject({ uploaded: true });
      expect(s3.puts).toMatchObject([{ IfNoneMatch: "*" }]);
      expect(s3.puts[0]).not.toHaveProperty("IfMatch");
    },
  );

  it("uploads nothing when nothing but the spelling has changed", async () => {
    s3.add(file(mock("a")));
    const result = await pushed(
      JSON.stringify(
        [{ httpResponse: { statusCode: 200 }, httpRequest: { path: "/a" }, id: "a" }],
        undefined,
        2,
      ),
    );
    expect(result).toMatchObject({ uploaded: false, versionId: "v1" });
    expect(s3.puts).toEqual([]);
  });

  it("may be repeated: its own version is the one last seen", async () => {
    s3.add("[]");
    await pushed(file(mock("a"), mock("b")));
    const result = await pushed(file(mock("b", 500), mock("c")));
    expect(result.changes).toEqual({ added: ["c"], changed: ["b"], removed: ["a"], reordered: false });
    expect(lines.slice(1)).toEqual(["+ 1 added: c", "~ 1 changed: b", "- 1 removed: a"]);
  });

  it("tells another order, which decides who answers first", async () => {
    s3.add(file(mock("a"), mock("b")));
    await pulled();
    const result = await pushed(file(mock("b"), mock("a")));
    expect(result).toMatchObject({ uploaded: true, changes: { reordered: true, changed: [] } });
    expect(lines).toEqual(["~ another order"]);
  });

  it("refuses a bad file with everything that is wrong, and uploads nothing", async () => {
    s3.add("[]");
    const message = await refusal(pushed(JSON.stringify([mock("a", 42), mock("a")])));
    expect(message).toContain("error: mocks.json:1:56: [0].httpResponse.statusCode\n");
    expect(message).toContain(": [1].id\n");
    expect(message).toMatch(/\n\n2 errors, 1 warning; nothing was uploaded\.$/);
    expect(s3.puts).toEqual([]);
  });

  it("takes warnings along", async () => {
    s3.add("[]");
    const { warnings } = await pushed(JSON.stringify([{ httpRequest: {}, httpResponse: {} }]));
    expect(warnings.map(({ given }) => given)).toEqual(["no id"]);
  });

  it("refuses to undo what someone else has uploaded since, and says who, when and what", async () => {
    s3.add("[]");
    await pushed(file(mock("a")));
    s3.add(file(mock("a", 500), mock("theirs")), { "automock-by": "arn%3Abob", "automock-message": "more" });
    const uploads = s3.puts.length;
    expect(await refusal(pushed(file(mock("a"), mock("mine"))))).toBe(
      `The expectations of ${STACK} have changed since you last saw them (version v2).
  now there: version v3, 2026-01-01T12:03:00Z, by arn:bob, "more"
  yours would make: + 1 added: mine
  yours would make: ~ 1 changed: a
  yours would make: - 1 removed: theirs
Merge them: automock expectations pull ${STACK} theirs.json, put your changes into it, and push that.
Or replace theirs with yours: --force. It is not lost: history lists it, rollback brings it back.`,
    );
    expect(s3.puts).toHaveLength(uploads);
    expect(await pushed(file(mock("a"), mock("mine")), { force: true })).toMatchObject({ uploaded: true });
    expect(s3.puts.at(-1)).toMatchObject({ IfMatch: '"etag-v3"' });
  });

  it("refuses it even if it only adds: what they removed would come back", async () => {
    s3.add(file(mock("a")));
    await pulled();
    s3.add("[]");
    expect(await refusal(pushed(file(mock("a"))))).toContain(
      "have changed since you last saw them (version v1)",
    );
  });

  it("never pulled from here, it may add, but neither change nor remove", async () => {
    s3.add(file(mock("a")));
    expect(await refusal(pushed(file(mock("b"))))).toContain(
      `${STACK} has expectations that were never pulled to this folder.\n  now there: version v1, 2026-01-01T12:01:00Z, by another tool\n`,
    );
    expect(await pushed(file(mock("a"), mock("b")))).toMatchObject({ uploaded: true });
  });

  it("takes a stack that was deployed again for one that was never seen", async () => {
    s3.add(file(mock("a")));
    await pulled();
    s3.versions.splice(0);
    s3.versions.push({ id: "v100", body: "[]" });
    expect(await pushed(file(mock("a"), mock("b")))).toMatchObject({ uploaded: true });
  });

  it("does not mistake a version seen in one local AWS for one of another", async () => {
    s3.add(file(mock("a")));
    await pushed(file(mock("a"), mock("b")), { at: "http://127.0.0.1:1" });
    expect(await refusal(pushed(file(mock("c")), { at: "http://127.0.0.1:2" }))).toContain("never pulled");
    expect(await pushed(file(mock("c")), { at: "http://127.0.0.1:1" })).toMatchObject({ uploaded: true }); // prettier-ignore
  });

  it.each(["{", '{"bucket": 1}'])("takes a spoilt note of the last version for none: %s", async (note) => {
    s3.add(file(mock("a")));
    await pulled();
    writeFileSync(join(folder, ".automock", "expectations", `${STACK}.json`), note);
    expect(await refusal(pushed(file(mock("b"))))).toContain("never pulled");
  });

  it.each([false, true])("never overwrites what comes in between, force or not: %s", async (force) => {
    s3.add("[]");
    s3.meanwhile = () => s3.add(file(mock("theirs")), { "automock-by": "arn%3Abob" });
    expect(await refusal(pushed(file(mock("mine")), { force }))).toBe(
      `Someone uploaded to ${STACK} at the same time (version v2, 2026-01-01T12:02:00Z, by arn:bob); ` +
        "nothing was overwritten. Run it again to see what would change now.",
    );
    expect(s3.versions).toHaveLength(2);
  });

  it("takes its own upload for its own, when only the answer was lost", async () => {
    s3.add("[]");
    s3.meanwhile = () => s3.add(file(mock("mine")));
    expect(await pushed(file(mock("mine")))).toMatchObject({ uploaded: true, versionId: "v2" });
  });

  it("says that a stack is not deployed", async () => {
    s3.missing = true;
    const message = `${STACK} has no config bucket (${BUCKET}): it is not deployed, or was removed when its time was up.\nDeploy it first: automock deploy ${STACK}.`;
    expect(await refusal(pushed("[]"))).toBe(message);
    expect(await refusal(history(STACK, target().store, 5))).toBe(message);
    expect(await refusal(rollback({ ...target(), version: "v1" }))).toBe(message);
  });

  it("passes other errors of AWS on", async () => {
    const send = () => Promise.reject(awsError("AccessDenied"));
    const store = new ExpectationStore({ send } as unknown as S3Client, STACK, BUCKET);
    const given = { ...target(), store, file: "f", bytes: Buffer.from("[]"), force: false };
    await expect(push(given)).rejects.toThrow(expect.objectContaining({ name: "AccessDenied" }));
  });
});

describe("pull", () => {
  it("writes the bytes as they are and remembers the version", async () => {
    const body = "[ ]\r\n";
    s3.add(body, { "automock-by": "arn%3Abob", "automock-message": "100%" });
    const path = join(folder, "mocks.json");
    const { result } = await pulled(path);
    expect(readFileSync(path, "utf8")).toBe(body);
    expect(result).toEqual({
      stack: STACK,
      bucket: BUCKET,
      versionId: "v1",
      uploadedAt: "2026-01-01T12:01:00Z",
      by: "arn:bob",
      message: "100%",
      file: path,
      expectations: 0,
      content: [],
    });
    expect(await pushed(file(mock("a")))).toMatchObject({ uploaded: true });
  });

  it("counts nothing if it is not an array", async () => {
    s3.add("{}");
    const { result } = await pulled();
    expect(result).not.toHaveProperty("expectations");
    expect(result).not.toHaveProperty("content");
  });

  it("does not replace a file with other contents unasked", async () => {
    s3.add("[]");
    const path = join(folder, "mocks.json");
    writeFileSync(path, "mine");
    expect(await refusal(pulled(path))).toBe(
      `${path} exists and holds something else: name another file, or replace it with --force.`,
    );
    expect(readFileSync(path, "utf8")).toBe("mine");
    await pulled(path, true);
    expect(readFileSync(path, "utf8")).toBe("[]");
    await pulled(path);
  });

  it("says that there is nothing to pull, or nowhere to put it", async () => {
    s3.add("[]");
    writeFileSync(join(folder, "file"), "");
    for (const parent of ["no", "file"]) {
      expect(await refusal(pulled(join(folder, parent, "mocks.json")))).toBe(
        `No file can be created in ${join(folder, parent)}: create that folder first, or name a file in another.`,
      );
    }
    for (const force of [false, true]) {
      expect(await refusal(pulled(folder, force))).toBe(
        `${folder} is a folder: name a file in it, such as ${join(folder, "mocks.json")}.`,
      );
    }
    expect(await refusal(pulled(join(folder, "x".repeat(300))))).toMatch(
      /x cannot be written \(ENAMETOOLONG.*\): name another file\.$/,
    );
    s3.add(undefined);
    expect(await refusal(pulled())).toBe(
      `The expectations of ${STACK} were deleted: push a file, or bring a version of its history back with rollback.`,
    );
  });
});

describe("history and rollback", () => {
  beforeEach(() => {
    s3.add("[]\n");
    s3.add(file(mock("a"), mock("b")), { "automock-by": "arn%3Aaws%3Aiam%3A%3A1%3Auser%2Fbob", "automock-message": "first" }); // prettier-ignore
    s3.add(undefined);
    s3.add("oops");
  });

  it("lists versions of this object alone, the newest first, over all pages", async () => {
    s3.pageSize = 1;
    const { versions, more } = await history(STACK, target().store, 20);
    expect(more).toBe(false);
    expect((await history(STACK, target().store, 3)).more).toBe(true);
    const at = (minute: number) => `2026-01-01T12:0${minute}:00Z`;
    expect(versions).toEqual([
      { versionId: "v4", uploadedAt: at(4), current: true, deleted: false, bytes: 4 },
      { versionId: "v3", uploadedAt: at(3), current: false, deleted: true, bytes: 0 },
      {
        versionId: "v2",
        uploadedAt: at(2),
        current: false,
        deleted: false,
        bytes: file(mock("a"), mock("b")).length,
        expectations: 2,
        by: "arn:aws:iam::1:user/bob",
        message: "first",
      },
      {
        versionId: "v1",
        uploadedAt: at(1),
        current: false,
        deleted: false,
        bytes: 3,
        expectations: 0,
        initial: true,
      },
    ]);
  });

  it("counts an array that is too long for any task, too", async () => {
    s3.add(file(...Array.from({ length: 15_001 }, (_, i) => ({ id: `m${i}`, httpResponse: {} }))));
    const { versions } = await history(STACK, target().store, 1);
    expect(versions[0]).toMatchObject({ expectations: 15_001 });
  });

  it("goes back by uploading the old bytes once more", async () => {
    const result = await rollback({ ...target(), version: "v2" });
    expect(result).toMatchObject({
      uploaded: true,
      versionId: "v5",
      expectations: 2,
      changes: { added: ["a", "b"] },
    });
    expect(s3.puts).toMatchObject([
      {
        Body: Buffer.from(file(mock("a"), mock("b"))),
        IfMatch: '"etag-v4"',
        Metadata: { "automock-message": "rollback%20to%20v2" },
      },
    ]);
    expect(s3.versions).toHaveLength(5);
    expect(await rollback({ ...target(), version: "v2" })).toMatchObject({
      uploaded: false,
      versionId: "v5",
    });
    expect(await pushed(file(mock("c")))).toMatchObject({ uploaded: true });
  });

  it("asks as a push does before mocks that answer vanish, and uploads nothing without a yes", async () => {
    s3.add(file(mock("a"), mock("b"), mock("c")));
    const asked: unknown[] = [];
    const back = (version: string, answer: boolean) =>
      rollback({
        ...{ ...target(), version },
        confirm: async ({ gone }) => {
          asked.push(gone.map(({ id }) => id));
          return answer;
        },
      });
    expect(await refusal(back("v2", false))).toBe("Nothing was uploaded.");
    expect(s3.puts).toEqual([]);
    expect(await back("v2", true)).toMatchObject({ uploaded: true, changes: { removed: ["c"] } });
    await back("v5", false);
    expect(asked).toEqual([["c"], ["c"]]);
    expect(s3.puts).toHaveLength(2);
  });

  it.each(["v9", "v3"])("refuses a version that is not there, or a deletion: %s", async (version) => {
    expect(await refusal(rollback({ ...target(), version }))).toBe(
      `${STACK} has no version "${version}" of its expectations.\n` +
        `\`automock expectations history ${STACK}\` lists the versions; a deleted one cannot be taken.`,
    );
  });

  it("takes the first characters of a version, and never those of a deletion", async () => {
    s3.versions.splice(0);
    s3.versions.push({ id: "v2abc", body: file(mock("a")) }, { id: "v2xyz" }, { id: "v3abc", body: "[]" });
    const result = await rollback({ ...target(), version: "v2" });
    expect(result).toMatchObject({ uploaded: true, changes: { added: ["a"] } });
    expect(s3.puts).toMatchObject([{ Metadata: { "automock-message": "rollback%20to%20v2abc" } }]);
  });

  it("takes a whole version although others start with it", async () => {
    for (let more = 0; more < 6; more++) s3.add("[]\n");
    s3.add(file(mock("j")));
    s3.versions.push({ id: "v20", body: file(mock("c")) });
    expect(await rollback({ ...target(), version: "v2" })).toMatchObject({ changes: { added: ["a", "b"] } });
    expect(await refusal(rollback({ ...target(), version: "v3" }))).toContain('has no version "v3"');
  });

  it("refuses characters that several versions start with, and lists the newest five", async () => {
    for (let more = 0; more < 3; more++) s3.add("[]\n");
    expect(await refusal(rollback({ ...target(), version: "v" }))).toBe(
      `${STACK} has 6 versions that start with "v":
  v7, 2026-01-01T12:07:00Z
  v6, 2026-01-01T12:06:00Z
  v5, 2026-01-01T12:05:00Z
  v4, 2026-01-01T12:04:00Z
  v2, 2026-01-01T12:02:00Z
  and 1 older
Write more characters of the one you mean.`,
    );
    expect(s3.puts).toEqual([]);
  });

  it("only the oldest version, and only empty, is of a deployment", async () => {
    s3.add("[]\n");
    const initial = async (limit: number) =>
      (await history(STACK, target().store, limit)).versions
        .filter((one) => one.initial)
        .map((one) => one.versionId);
    expect(await initial(5)).toEqual(["v1"]);
    expect(await initial(4)).toEqual([]);
    s3.versions.shift();
    expect(await initial(5)).toEqual([]);
  });

  it("refuses a version that the tasks would refuse", async () => {
    s3.add("[]");
    expect(await refusal(rollback({ ...target(), version: "v4" }))).toContain(`error: ${STACK}@v4:1:1\n`);
    expect(s3.puts).toEqual([]);
  });
});
