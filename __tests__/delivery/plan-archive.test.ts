import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { read } from "../support/markdown";
import { describeWith } from "../support/requires";

const SCRIPT = join(__dirname, "..", "..", ".ci", "plans");
interface Keys {
  readonly PLAN_RECIPIENT: string;
  readonly PLAN_KEY: string;
}

const oneLine = (text: string) => Buffer.from(text).toString("base64");

/** A new pair, made as docs/plan-review.md says. */
function createKeys(folder: string): Keys {
  mkdirSync(folder, { mode: 0o700 });
  const gpg = (...args: string[]) =>
    spawnSync("gpg", ["--quiet", "--batch", "--passphrase", "", ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, GNUPGHOME: folder },
    }).stdout;
  gpg("--quick-generate-key", "infrastructure-plans", "future-default", "default", "never");
  const keys = {
    PLAN_RECIPIENT: oneLine(gpg("--armor", "--export", "infrastructure-plans")),
    PLAN_KEY: oneLine(gpg("--armor", "--export-secret-keys", "infrastructure-plans")),
  };
  spawnSync("gpgconf", ["--kill", "gpg-agent"], { env: { PATH: process.env.PATH, GNUPGHOME: folder } });
  return keys;
}

const NO_KEY = (name: keyof Keys) =>
  `${name} is not the OpenPGP key that it should be: docs/plan-review.md says how to create it.\n`;

describeWith(["gpg"], ".ci/plans", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  const scratch = join(folder, "scratch");
  const inside = (name: string) => join(folder, name);
  const SECRET = randomBytes(40).toString("hex");
  const keys = createKeys(join(folder, "keys"));
  const sealing = { PLAN_RECIPIENT: keys.PLAN_RECIPIENT };
  const opening = { PLAN_KEY: keys.PLAN_KEY };
  const plans = (args: readonly string[], key: Partial<Keys> = args[0] === "seal" ? sealing : opening) =>
    spawnSync(SCRIPT, args, {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        TMPDIR: scratch,
        HOME: inside("home"),
        ...key,
      },
    });

  beforeAll(() => {
    for (const name of ["scratch", "home", "plans/automock-prod/assets"])
      mkdirSync(inside(name), { recursive: true });
    writeFileSync(inside("plans/automock-prod/tfplan"), SECRET);
    writeFileSync(inside("plans/automock-prod/assets/code.zip"), "zip");
    writeFileSync(inside("plans/plan.md"), "report");
    expect(plans(["seal", "plans", "plans.tar.gpg"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("seals a folder so that nothing in it can be read, and opens it unchanged", () => {
    const archive = readFileSync(inside("plans.tar.gpg"));
    expect(archive.includes(SECRET)).toBe(false);
    expect(archive.includes("tfplan")).toBe(false);
    expect(plans(["open", "plans.tar.gpg", "opened/plans"])).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const files = readdirSync(inside("opened/plans"), { recursive: true, encoding: "utf8" });
    expect(files.sort()).toEqual([
      "automock-prod",
      "automock-prod/assets",
      "automock-prod/assets/code.zip",
      "automock-prod/tfplan",
      "plan.md",
    ]);
    expect(readFileSync(inside("opened/plans/automock-prod/tfplan"), "utf8")).toBe(SECRET);
    expect((statSync(inside("opened/plans")).mode & 0o077).toString(8)).toBe("0");
    expect((statSync(inside("plans.tar.gpg")).mode & 0o077).toString(8)).toBe("0");
  });

  it("leaves nothing behind: no file, no key ring", () => {
    expect(readdirSync(scratch)).toEqual([]);
    expect(readdirSync(inside("home"))).toEqual([]);
  });

  it("does not open with another key, nor what was changed", () => {
    const refusal = (name: string) =>
      `${name} was not opened: it was not sealed for PLAN_KEY, or the file was changed.`;
    const other = plans(["open", "plans.tar.gpg", "other"], createKeys(join(folder, "other-keys")));
    expect(other.status).toBe(1);
    expect(other.stderr).toContain(refusal("plans.tar.gpg"));
    const bytes = readFileSync(inside("plans.tar.gpg"));
    bytes[bytes.length - 30]! ^= 1;
    writeFileSync(inside("changed.gpg"), bytes);
    const changed = plans(["open", "changed.gpg", "other"]);
    expect(changed.status).toBe(1);
    expect(changed.stderr).toContain(refusal("changed.gpg"));
    expect(existsSync(inside("other"))).toBe(false);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("someone who can seal cannot open", () => {
    expect(plans(["open", "plans.tar.gpg", "other"], sealing)).toMatchObject({
      status: 1,
      stderr: NO_KEY("PLAN_KEY"),
    });
    expect(plans(["open", "plans.tar.gpg", "other"], { PLAN_KEY: keys.PLAN_RECIPIENT })).toMatchObject({
      status: 1,
      stderr: NO_KEY("PLAN_KEY"),
    });
  });

  it.each([
    ["no recipient", ["seal", "plans", "x"], {}, NO_KEY("PLAN_RECIPIENT")],
    ["a private key as the recipient", ["seal", "plans", "x"], { PLAN_RECIPIENT: keys.PLAN_KEY }, NO_KEY("PLAN_RECIPIENT")], // prettier-ignore
    ["no key", ["open", "plans.tar.gpg", "x"], {}, NO_KEY("PLAN_KEY")],
    ["a passphrase as the key", ["open", "plans.tar.gpg", "x"], { PLAN_KEY: "0123456789abcdef0123456789abcdef" }, NO_KEY("PLAN_KEY")], // prettier-ignore
    ["no such folder", ["seal", "none", "x"], sealing, "There is no folder none to seal: automock plan --out none creates it.\n"], // prettier-ignore
    ["no such archive", ["open", "none", "x"], opening, "There is no archive none.\n"],
    ["a folder that exists", ["open", "plans.tar.gpg", "plans"], opening, "plans exists: plans are opened into a folder of their own. Remove it.\n"], // prettier-ignore
    [
      "no such verb",
      ["pack", "plans", "x"],
      opening,
      "usage: .ci/plans seal <folder> <archive> | open <archive> <folder>\n",
    ],
    ["nothing", [], opening, "usage: .ci/plans seal <folder> <archive> | open <archive> <folder>\n"],
  ])("refuses %s", (_, args, key, message) => {
    const env = { PATH: process.env.PATH, TMPDIR: scratch, ...key };
    const { status, stderr } = spawnSync(SCRIPT, args, { cwd: folder, encoding: "utf8", env });
    expect([status, stderr]).toEqual([1, message]);
    expect(existsSync(inside("x"))).toBe(false);
  });
});

it("hands the key to gpg by a pipe: neither its command line nor its environment has it", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  const gpg = '#!/bin/sh\n{ echo "args: $*"; env; echo "stdin: $(cat)"; } > "$LOG"\nexit 1\n';
  writeFileSync(join(folder, "gpg"), gpg, { mode: 0o755 });
  writeFileSync(join(folder, "file"), "x");
  const key = ["-----BEGIN PGP PRIVATE", "KEY BLOCK----- x"].join(" ");
  const PLAN_KEY = oneLine(key);
  spawnSync(SCRIPT, ["open", "file", "out"], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, PLAN_KEY, LOG: join(folder, "log") },
  });
  const lines = readFileSync(join(folder, "log"), "utf8").split("\n");
  rmSync(folder, { recursive: true });
  expect(lines.filter((line) => line.includes(key) || line.includes(PLAN_KEY))).toEqual([`stdin: ${key}`]);
  expect(lines[0]).toBe("args: --quiet --batch --no-tty --import");
});

it("is run by both pipelines, each sealing once", () => {
  for (const file of [".github/workflows/infrastructure.yml", "Jenkinsfile.infrastructure"]) {
    const calls = [...read(file).matchAll(/\.ci\/plans (\w+) ([^\n']+)/g)].map(
      ([, verb, args]) => `${verb} ${args}`,
    );
    expect([...new Set(calls)].sort()).toEqual([
      "open plans.tar.gpg .automock/plans",
      "seal .automock/plans plans.tar.gpg",
    ]);
  }
});
