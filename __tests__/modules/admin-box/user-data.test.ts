import { execFile, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BOX_TAG, BOX_TERMS } from "../../../contract/admin-box";
import { USER_DATA } from "../../../modules/admin-box/user-data";
import { checkOf } from "../../support/admin-box-world";
import { describeWith } from "../../support/requires";

const CHECK = /<<'CHECK'\n([\s\S]*?)\nCHECK\n/.exec(USER_DATA)![1]!;
const NOW = 1_800_000_000;

it.each([
  ["the user data", USER_DATA],
  ["its check", CHECK],
])("%s has no syntax error", (_, script) =>
  expect(spawnSync("bash", ["-n"], { input: script }).stderr.toString()).toBe(""),
);

it("names the tags and the maximum of the contract, and stays below AWS's 16 KiB", () => {
  expect(CHECK).toContain(`tag ${BOX_TAG.aliveUntil})`);
  expect(CHECK).toContain(`tag ${BOX_TAG.expiresAt})`);
  expect(CHECK).toContain(`max_hours=${BOX_TERMS.maxHours}\n`);
  expect(USER_DATA).toContain(`shutdown -P +${BOX_TERMS.defaultHours * 60}\n`);
  expect(USER_DATA.length).toBeLessThan(16_384);
});

describeWith(["curl"], "the check on a box", () => {
  let folder: string;
  let server: Server | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "box-"));
    writeFileSync(join(folder, "shutdown"), `#!/bin/sh\necho "$@" >>${folder}/calls\n`);
    chmodSync(join(folder, "shutdown"), 0o755);
  });
  afterEach(async () => {
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the check against a metadata service; returns what it asked of `shutdown`. */
  async function check(
    tags: Readonly<Record<string, string>>,
    boot = NOW - 600,
    more: NodeJS.ProcessEnv = {},
  ): Promise<string[]> {
    server?.close();
    server = createServer((request, response) => {
      const isToken = request.method === "PUT" && request.url === "/latest/api/token";
      const value = tags[request.url!.split("/").at(-1)!];
      const isAllowed =
        isToken || (request.headers["x-aws-ec2-metadata-token"] === "t" && value !== undefined);
      response.statusCode = isAllowed ? 200 : 404;
      response.end(isToken ? "t" : value);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server!.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const env = {
      PATH: process.env.PATH,
      METADATA: `http://127.0.0.1:${port}`,
      SHUTDOWN: join(folder, "shutdown"),
      STATE: join(folder, "state"),
      NOW: String(NOW),
      BOOT: String(boot),
      ...more,
    };
    // Retries that wait would only make the test slow.
    const script = CHECK.replace("--retry 3 --retry-delay 1 --retry-all-errors ", "");
    await new Promise((resolve) => execFile("bash", ["-c", script], { env }, resolve));
    const calls = join(folder, "calls");
    return existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  }
  const alive = (seconds: number, expires = 3600) => ({
    [BOX_TAG.aliveUntil]: String(NOW + seconds),
    [BOX_TAG.expiresAt]: String(NOW + expires),
  });

  it("leaves a box with a heartbeat alone, and sets its timer to the expiry, once", async () => {
    expect(await check(alive(300))).toEqual(["-P +60"]);
    expect(await check(alive(300))).toEqual(["-P +60"]);
  });

  it("moves the timer when the box was extended, but not beyond twelve hours from the boot", async () => {
    await check(alive(300));
    expect(await check(alive(300, 7200))).toEqual(["-P +60", "-P +120"]);
    expect(await check(alive(300, 86_400))).toEqual(["-P +60", "-P +120", "-P +710"]);
  });

  it.each([
    ["without a heartbeat", alive(0)],
    ["after its expiry", alive(300, 0)],
    ["without tags", {}],
    ["with a tag that is no number", { ...alive(300), [BOX_TAG.aliveUntil]: "1; true" }],
  ])("shuts the box down %s", async (_, tags) => expect(await check(tags)).toEqual(["-P now"]));

  it("shuts the box down twelve hours after its boot, whatever the tags say", async () =>
    expect(await check(alive(300), NOW - 12 * 3600)).toEqual(["-P now"]));

  it("ends nothing at boot, but sets the timer", async () => {
    expect(await check({}, NOW, { BOOTING: "1" })).toEqual([]);
    expect(await check(alive(300, 1800), NOW, { BOOTING: "1" })).toEqual(["-P +30"]);
  });

  it.each([
    [1, 3600, 600],
    [0, 3600, 600],
    [-1, 3600, 600],
    [300, 1, 600],
    [300, 0, 600],
    [300, 61, 600],
    [300, 86_400, 600],
    [300, 3600, 12 * 3600 - 1],
    [300, 3600, 12 * 3600],
    [50_000, 43_200, 0],
  ])("is what the tests of the ends take it for (%i, %i, %i)", async (aliveFor, expiresIn, upFor) => {
    const [aliveUntil, expiresAt, boot] = [NOW + aliveFor, NOW + expiresIn, NOW - upFor];
    const decided = checkOf({ now: NOW, boot, aliveUntil, expiresAt });
    const timer = decided === "now" ? "now" : `+${Math.ceil((decided - NOW) / 60)}`;
    expect(await check(alive(aliveFor, expiresIn), boot)).toEqual([`-P ${timer}`]);
  });
});
