import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_PRIORITY, VERSION_MOCK_ID } from "../../../contract/expectations";
import { TASK_SIZES } from "../../../contract/fargate";
import { mockServerContainers } from "../../../modules/mockserver/containers";
import { eventually } from "../../support/eventually";

/** The exact scripts that the containers run. */
const [LOADER, , SYNC] = mockServerContainers({
  image: "m:1",
  size: TASK_SIZES.small,
  expectations: { bucketName: "mocks", key: "expectations.json" },
  region: "us-east-1",
  controlPlane: "closed",
}).containers.map(({ command }) => command?.[0]) as [string, undefined, string];

const hasJq = spawnSync("jq", ["--version"]).status === 0;
if (!hasJq && process.env["CI"] === "true") throw new Error("jq is missing: the script tests need it");
if (!hasJq) console.warn("jq is missing: the tests of the expectation scripts are left out");

/** Distinct shells: `sh` is usually a link to one of the others. */
const SHELLS = [
  ...new Map(
    ["sh", "bash", "dash"]
      .map((shell) => [
        spawnSync("sh", ["-c", `readlink -f "$(command -v ${shell})"`], { encoding: "utf8" }).stdout.trim(),
        shell,
      ])
      .filter(([path]) => path !== "") as [string, string][],
  ).values(),
];

/** As in a container. If stdin is a socket, bash assumes a remote shell and reads ~/.bashrc. */
const NO_INPUT: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];

/** The sync container does not run as root. Only root can switch users; otherwise the current user is used. */
const NON_ROOT = process.getuid?.() === 0 ? { uid: 65532, gid: 65532 } : {};

/**
 * Fake AWS CLI that reads from a folder: `object`, `etag`, and `fail` with an error message. While
 * `slow` exists, a download stops after its first half until `slow` is removed; with `race`, an upload with
 * that ETag comes just before the download.
 */
const FAKE_AWS = `#!/bin/sh
[ "$1" = s3api ] || exit 252
action=$2; shift 2; match=; last=
while [ $# -gt 0 ]; do
  case $1 in --bucket) bucket=$2; shift;; --key) key=$2; shift;; --if-match) match=$2; shift;;
    --query|--output) shift;; *) last=$1;; esac
  shift
done
echo "$action s3://$bucket/$key" >>"$FAKE_S3/calls"
if reason=$(cat "$FAKE_S3/fail" 2>/dev/null); then printf '\\n%s\\n' "$reason" >&2; exit 254; fi
if [ ! -e "$FAKE_S3/object" ]; then
  echo "An error occurred (404) when calling the $action operation: Not Found" >&2; exit 254
fi
etag=$(cat "$FAKE_S3/etag")
if [ "$action" = get-object ]; then
  if [ -e "$FAKE_S3/race" ]; then mv "$FAKE_S3/race" "$FAKE_S3/etag"; etag=$(cat "$FAKE_S3/etag"); fi
  if [ -n "$match" ] && [ "$match" != "$etag" ]; then echo "An error occurred (412)" >&2; exit 254; fi
  if [ -e "$FAKE_S3/slow" ]; then
    head -c 5 "$FAKE_S3/object" >"$last"; : >"$FAKE_S3/half"
    while [ -e "$FAKE_S3/slow" ]; do sleep 0.01; done
  fi
  cat "$FAKE_S3/object" >"$last"
fi
echo "$etag"
`;

/** Fake MockServer that returns the version mock, the last one in the file; with `refuse` it keeps the old version. */
const FAKE_CURL = `#!/bin/sh
[ -e "$FAKE_S3/starting" ] && echo asked >>"$FAKE_S3/asked" && exit 7
[ -e "$FAKE_S3/refuse" ] || jq -r '.[-1].httpResponse.body' "$EXPECTATIONS_DIR/expectations.json" >"$FAKE_S3/running"
cat "$FAKE_S3/running"
`;

let root: string;
let children: ChildProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "expectations-"));
  chmodSync(root, 0o755);
  children = [];
  for (const folder of ["bin", "s3", "expectations", "scratch"]) mkdirSync(join(root, folder));
  // As on Fargate, only root can write to the folders. Test and fake write to the bucket.
  chmodSync(join(root, "s3"), 0o777);
  writeFileSync(inS3("calls"), "");
  chmodSync(inS3("calls"), 0o666);
  writeFileSync(join(root, "bin", "aws"), FAKE_AWS, { mode: 0o755 });
  writeFileSync(join(root, "bin", "curl"), FAKE_CURL, { mode: 0o755 });
  writeFileSync(inS3("running"), "");
  chmodSync(inS3("running"), 0o666);
});

afterEach(async () => {
  await Promise.all(children.map(stopped));
  rmSync(root, { recursive: true, force: true });
});

const inS3 = (file: string) => join(root, "s3", file);
const target = () => join(root, "expectations", "expectations.json");

interface WrittenMock {
  readonly priority: number;
  readonly [key: string]: unknown;
}

const written = (): WrittenMock[] => JSON.parse(readFileSync(target(), "utf8")) as WrittenMock[];

/** The mocks that MockServer gets, in the uploaded form: without priorities and version. */
const loaded = () =>
  JSON.stringify(
    written()
      .slice(0, -1)
      .map(({ priority: _, ...mock }) => mock),
  );

/** The version in the file. */
const loadedVersion = () => (written().at(-1)!["httpResponse"] as { body: string }).body;

/** Changes the fake's response atomically. */
function put(file: string, content: string): void {
  writeFileSync(inS3("next"), content);
  renameSync(inS3("next"), inS3(file));
}

let version = 0;
/** Uploads a version. The ETag is written last, so that the upload is atomic as in S3. */
function upload(content: string): void {
  put("object", content);
  put("etag", `"v${++version}"\n`);
}

function environment(overrides: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: `${join(root, "bin")}:${process.env["PATH"]}`,
    FAKE_S3: join(root, "s3"),
    EXPECTATIONS_BUCKET: "mocks",
    EXPECTATIONS_OBJECT: "expectations.json",
    EXPECTATIONS_DIR: join(root, "expectations"),
    EXPECTATIONS_MAX: "3",
    EXPECTATIONS_MAX_BYTES: "1000",
    JQ_MAX_KIB: "122880",
    EXPECTATIONS_POLL_SECONDS: "0.02",
    MOCKSERVER_PORT: "1080",
    TAKE_SECONDS: "1",
    DRAIN_SECONDS: "0",
    SCRATCH_DIR: join(root, "scratch"),
    ...overrides,
  };
}

function load(shell: string, overrides: Record<string, string> = {}): { status: number | null; log: string } {
  const { status, stdout, stderr } = spawnSync(shell, ["-c", LOADER], {
    env: environment(overrides),
    encoding: "utf8",
    stdio: NO_INPUT,
  });
  return { status, log: stdout + stderr };
}

interface Running {
  readonly child: ChildProcess;
  readonly lines: () => readonly string[];
}

function startSync(shell: string, overrides: Record<string, string> = {}): Running {
  const child = spawn(shell, ["-c", SYNC], { env: environment(overrides), stdio: NO_INPUT, ...NON_ROOT });
  children.push(child);
  let output = "";
  child.stdout!.on("data", (chunk) => (output += chunk));
  child.stderr!.on("data", (chunk) => (output += chunk));
  return { child, lines: () => output.split("\n").filter((line) => line !== "") };
}

async function stopped(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  return ended;
}

/** Waits until the running sync has sent this many more requests to S3. */
async function polls(count: number): Promise<void> {
  const asked = () => readFileSync(inS3("calls"), "utf8").split("\n").length;
  const goal = asked() + count;
  await eventually(`${count} polls`, () => asked() >= goal);
}

const BAD = [
  ["an empty file", "", "the file is empty; write [] for no mocks"],
  ["no JSON", "[{", "parse error: Unfinished JSON term"],
  ["white space only", " \n", "the file holds 0 JSON values; write one array"],
  ["two values", "[] []", "the file holds 2 JSON values; write one array"],
  ["an object", '{"id":"a"}', "the file is a JSON object; write an array of expectations"],
  ["an element that is no object", '["a"]', "an element is no JSON object; write expectations only"],
  ["a duplicate id", '[{"id":"a"},{"id":"b"},{"id":"a"}]', "id a is used twice; make ids unique"],
  ["a number as id", '[{"id":1}]', "an id is no text; write a text that stays the same"],
  [
    "more than the task keeps",
    "[{},{},{},{}]",
    "the file has 4 expectations, the task keeps 3; remove some or take a larger size",
  ],
  [
    "more bytes than the task keeps",
    JSON.stringify([{ httpResponse: { body: "x".repeat(1000) } }]),
    "the file has 1030 bytes, the task keeps 1000; remove some or take a larger size",
  ],
  [
    "the id of the task's own mock",
    '[{"id":"automock-version"}]',
    "the id automock-version belongs to the task; take another",
  ],
  ...["20001", "-20001", "0.5", '"1"', "null"].map(
    (priority) =>
      [
        `the priority ${priority}`,
        `[{"priority":${priority}}]`,
        `priority ${priority} is not allowed; write a whole number from -20000 to 20000`,
      ] as const,
  ),
  [
    "a status outside 100 to 999",
    '[{"httpResponse":{"statusCode":1000}}]',
    "status code 1000 is not allowed; write a whole number from 100 to 999",
  ],
  [
    "a status that is text, in a sequence",
    '[{"httpResponses":[{"statusCode":200},{"statusCode":"404"}]}]',
    'status code "404" is not allowed; write a whole number from 100 to 999',
  ],
] as const;

const GOOD = [
  ["no mocks", "[]\n"],
  ["mocks without ids", '[{"httpRequest":{}},{"httpResponse":{"statusCode":200}}]'],
  ["ids, sequences and texts as responses", '[{"id":"a","httpResponses":[{"statusCode":999}]},{"id":"b"}]'],
] as const;

(hasJq ? describe : describe.skip).each(SHELLS)("in %s", (shell) => {
  describe("the loader", () => {
    it.each(GOOD)("accepts %s", (_, content) => {
      upload(content);
      const { status, log } = load(shell);
      expect(log).toBe(`load-expectations: loaded version "v${version}"\n`);
      expect(status).toBe(0);
      expect(loaded()).toBe(JSON.stringify(JSON.parse(content)));
      expect(loadedVersion()).toBe(`"v${version}"`);
    });

    it.each([
      ["file order", "[{},{},{}]", [3, 2, 1]],
      ["priority first", '[{},{"priority":1},{"priority":-1}]', [3, 100_002, -99_999]],
      ["extreme priorities", '[{"priority":20000},{"priority":-20000}]', [2_000_000_002, -1_999_999_999]],
      ["OpenAPI document between mocks", '[{},{"specUrlOrPayload":{}},{}]', [1, undefined, -1]],
    ])("numbers mocks, version first: %s", (_, content, priorities) => {
      upload(content);
      expect(load(shell).status).toBe(0);
      expect(written().map(({ priority }) => priority)).toEqual([...priorities, 2_147_483_647]);
    });

    it.each(BAD)("rejects %s and exits with an error", (_, content, fault) => {
      upload(content);
      const { status, log } = load(shell);
      expect(log).toContain("load-expectations: refused s3://mocks/expectations.json: ");
      expect(log).toContain(fault);
      expect(log.split("\n")).toHaveLength(2);
      expect(status).toBe(1);
      expect(readdirSync(join(root, "expectations"))).toEqual([]);
    });

    it("exits with an error if the object is missing", () => {
      const { status, log } = load(shell);
      expect(log).toBe(
        "load-expectations: cannot read s3://mocks/expectations.json: An error occurred (404) when calling the get-object operation: Not Found\n",
      );
      expect(status).toBe(1);
      expect(readdirSync(join(root, "expectations"))).toEqual([]);
    });

    it("exits with an error if the image has no jq", () => {
      upload("[]");
      const shellPath = spawnSync("sh", ["-c", `command -v ${shell}`], { encoding: "utf8" }).stdout.trim();
      const { status, log } = load(shellPath, { PATH: join(root, "bin") });
      expect(log).toBe("load-expectations: jq is missing; use the official AWS CLI image, 2.28 or newer\n");
      expect(status).toBe(1);
    });

    it("rejects a file that exceeds its memory, and exits with an error", () => {
      upload(JSON.stringify([{ httpResponse: { body: Array.from({ length: 100_000 }, () => ({})) } }]));
      const { status, log } = load(shell, { EXPECTATIONS_MAX_BYTES: "1000000", JQ_MAX_KIB: "20000" });
      expect(log).toContain(
        "load-expectations: refused s3://mocks/expectations.json: the file takes more memory than the task has for it; remove some or take a larger size\n",
      );
      expect(status).toBe(1);
    });

    it("makes both folders accessible to other users and leaves no other files", () => {
      upload("[]");
      mkdirSync(join(root, "expectations", ".load"));
      expect(load(shell).status).toBe(0);
      const mode = (...path: string[]) => (statSync(join(root, ...path)).mode & 0o7777).toString(8);
      expect(mode("expectations")).toBe("777");
      expect(mode("scratch")).toBe("1777");
      expect(mode("expectations", "expectations.json")).toBe("644");
      expect(readdirSync(join(root, "expectations")).sort()).toEqual([".loaded-etag", "expectations.json"]);
    });
  });

  describe("the sync", () => {
    beforeEach(() => {
      upload('[{"id":"old"}]');
      expect(load(shell).status).toBe(0);
    });

    it("does not download the same version again", async () => {
      const { lines } = startSync(shell);
      await polls(3);
      expect(lines()).toEqual([]);
      const calls = readFileSync(inS3("calls"), "utf8").split("\n");
      expect(calls.filter((call) => call === "get-object s3://mocks/expectations.json")).toHaveLength(1);
      expect(loaded()).toBe('[{"id":"old"}]');
    });

    it("loads a new version, and the next one", async () => {
      const { lines } = startSync(shell);
      for (const content of ['[{"id":"new"}]', "[]"]) {
        upload(content);
        await eventually("the new version", () => loaded() === content);
      }
      await eventually("both log lines", () => lines().length === 2);
      await polls(5);
      expect(lines()).toEqual([
        `sync-expectations: took version "v${version - 1}"`,
        `sync-expectations: took version "v${version}"`,
      ]);
    });

    it.each(BAD)("keeps the last good version: %s", async (_, content, fault) => {
      const { child, lines } = startSync(shell);
      upload(content);
      await eventually("a refusal", () => lines().length === 1);
      // A poll with a download sends two requests, so this is more than one poll.
      await polls(5);
      expect(lines()).toHaveLength(1);
      expect(lines()[0]).toContain(
        `sync-expectations: refused version "v${version}" of s3://mocks/expectations.json, keeping the last good version: `,
      );
      expect(lines()[0]).toContain(fault);
      expect(loaded()).toBe('[{"id":"old"}]');
      upload('[{"id":"fixed"}]');
      await eventually("the fixed version", () => loaded() === '[{"id":"fixed"}]');
      expect(child.exitCode).toBeNull();
    });

    it("survives S3 errors, and logs when they start and end", async () => {
      const { child, lines } = startSync(shell);
      put("fail", "An error occurred (SlowDown): Reduce your request rate\n");
      await eventually("the trouble", () => lines().length === 1);
      await polls(3);
      rmSync(inS3("fail"));
      await eventually("the recovery", () => lines().length === 2);
      expect(lines()).toEqual([
        "sync-expectations: cannot read s3://mocks/expectations.json, keeping the last good version: An error occurred (SlowDown): Reduce your request rate",
        "sync-expectations: can read s3://mocks/expectations.json again",
      ]);
      upload('[{"id":"later"}]');
      await eventually("the later version", () => loaded() === '[{"id":"later"}]');
      expect(child.exitCode).toBeNull();
    });

    it("keeps the file if the object is deleted", async () => {
      const { child, lines } = startSync(shell);
      rmSync(inS3("object"));
      await eventually("the trouble", () => lines().length === 1);
      await polls(2);
      expect(lines()).toHaveLength(1);
      expect(loaded()).toBe('[{"id":"old"}]');
      expect(child.exitCode).toBeNull();
    });

    it("never shows MockServer a partial file", async () => {
      startSync(shell);
      put("slow", "");
      upload('[{"id":"slow"}]');
      await eventually("half a download", () => existsSync(inS3("half")));
      expect(loaded()).toBe('[{"id":"old"}]');
      expect(JSON.parse(loaded())).toEqual([{ id: "old" }]);
      rmSync(inS3("slow"));
      await eventually("the whole download", () => loaded() === '[{"id":"slow"}]');
    });

    it("never mixes up the content of two uploads", async () => {
      put("race", '"raced"\n');
      const { lines } = startSync(shell);
      upload('[{"id":"raced"}]');
      await eventually("three log lines", () => lines().length === 3);
      expect(lines()).toEqual([
        "sync-expectations: cannot read s3://mocks/expectations.json, keeping the last good version: An error occurred (412)",
        'sync-expectations: took version "raced"',
        "sync-expectations: can read s3://mocks/expectations.json again",
      ]);
    });

    it("logs once that MockServer rejected a version, restores the last good one and loads the next", async () => {
      const { lines } = startSync(shell);
      await polls(1);
      put("refuse", "");
      upload('[{"id":"refused"}]');
      await eventually("the refusal", () => lines().length === 1);
      await polls(3);
      expect(lines()).toEqual([
        `sync-expectations: MockServer refused version "v${version}" of s3://mocks/expectations.json, keeping the last good version; new tasks do not start with it`,
      ]);
      expect(loaded()).toBe('[{"id":"old"}]');
      rmSync(inS3("refuse"));
      upload('[{"id":"good"}]');
      await eventually("the next version", () => lines().length === 2);
      expect(lines()[1]).toBe(`sync-expectations: took version "v${version}"`);
      expect(loaded()).toBe('[{"id":"good"}]');
    });

    it("does not change the file until MockServer has loaded it", async () => {
      put("starting", "");
      startSync(shell);
      upload('[{"id":"early"}]');
      const asked = () => (existsSync(inS3("asked")) ? readFileSync(inS3("asked"), "utf8") : "");
      await eventually("two questions to MockServer", () => asked() === "asked\nasked\n");
      expect(readFileSync(inS3("calls"), "utf8")).toBe("get-object s3://mocks/expectations.json\n");
      expect(loaded()).toBe('[{"id":"old"}]');
      rmSync(inS3("starting"));
      await eventually("the new version", () => loaded() === '[{"id":"early"}]');
    });

    it("keeps running until the load balancer's last requests when the task stops", async () => {
      const { child } = startSync(shell, { DRAIN_SECONDS: "2" });
      await polls(1);
      const before = Date.now();
      expect(await stopped(child)).toBe(0);
      expect(Date.now() - before).toBeGreaterThanOrEqual(1900);
    });

    it("exits at once when the task stops and MockServer no longer responds", async () => {
      const { child } = startSync(shell, { DRAIN_SECONDS: "60" });
      await polls(1);
      put("starting", "");
      expect(await stopped(child)).toBe(0);
    });
  });
});

it("the scripts and the upload check use the same limits", () => {
  expect(LOADER).toContain(`VERSION_ID=${VERSION_MOCK_ID}\n`);
  expect(LOADER).toContain(`. < -${MAX_PRIORITY} or . > ${MAX_PRIORITY} `);
});

describe("the scripts", () => {
  const commands = (script: string) => script.replace(/^\s*#.*$/gm, "");

  it.each([
    ["loader", LOADER],
    ["sync", SYNC],
  ])("the %s installs nothing", (_, script) => {
    expect(commands(script)).not.toMatch(/\b(yum|dnf|apt|apk|pip|npm|wget)\b/);
  });

  it("the sync only reads the version from MockServer and never resets it", () => {
    expect(commands(SYNC).match(/curl.*/g)).toEqual([
      'curl -s -f -m 5 "http://127.0.0.1:$MOCKSERVER_PORT$VERSION_PATH"',
    ]);
    expect(commands(SYNC)).not.toMatch(/reset/i);
  });
});
