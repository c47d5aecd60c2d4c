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
const KEY = "0123456789abcdef0123456789abcdef";

describeWith(["gpg"], ".ci/plans", () => {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  const scratch = join(folder, "scratch");
  const inside = (name: string) => join(folder, name);
  const SECRET = randomBytes(40).toString("hex");
  const plans = (args: readonly string[], key: string | undefined = KEY) =>
    spawnSync(SCRIPT, args, {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        TMPDIR: scratch,
        HOME: inside("home"),
        ...(key !== undefined && { PLAN_KEY: key }),
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

  it("seals a folder so that nothing of it can be read, and opens it as it was", () => {
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
      `${name} was not opened: PLAN_KEY is not the one it was sealed with, or the file was changed.`;
    const other = plans(["open", "plans.tar.gpg", "other"], `${KEY}x`);
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

  it.each([
    ["no key", ["seal", "plans", "x"], undefined, "PLAN_KEY has fewer than 32 characters: make one with openssl rand -base64 32 and keep it as a secret.\n"], // prettier-ignore
    ["a short key", ["seal", "plans", "x"], KEY.slice(1), "PLAN_KEY has fewer than 32 characters: make one with openssl rand -base64 32 and keep it as a secret.\n"], // prettier-ignore
    ["no such folder", ["seal", "none", "x"], KEY, "There is no folder none to seal: automock plan --out none makes it.\n"], // prettier-ignore
    ["no such archive", ["open", "none", "x"], KEY, "There is no archive none.\n"],
    ["a folder that exists", ["open", "plans.tar.gpg", "plans"], KEY, "plans exists: plans are opened into a folder of their own. Remove it.\n"], // prettier-ignore
    ["no such verb", ["pack", "plans", "x"], KEY, "usage: .ci/plans seal <folder> <archive> | open <archive> <folder>\n"], // prettier-ignore
    ["nothing", [], KEY, "usage: .ci/plans seal <folder> <archive> | open <archive> <folder>\n"],
  ])("refuses %s", (_, args, key, message) => {
    const env = { PATH: process.env.PATH, ...(key !== undefined && { PLAN_KEY: key }) };
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
  spawnSync(SCRIPT, ["open", "file", "out"], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, PLAN_KEY: KEY, LOG: join(folder, "log") },
  });
  const lines = readFileSync(join(folder, "log"), "utf8").split("\n");
  rmSync(folder, { recursive: true });
  expect(lines.filter((line) => line.includes(KEY))).toEqual([`stdin: ${KEY}`]);
  expect(lines[0]).toMatch(
    /^args: --quiet --batch --no-tty --pinentry-mode loopback --passphrase-fd 0 --decrypt /,
  );
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
