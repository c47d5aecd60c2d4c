import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headCommit } from "../../../operations/delivery/commit";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "commit-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const git = (...args: string[]) => {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  const { status, stdout } = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
  expect(status).toBe(0);
  return stdout.trim();
};
const commit = () => {
  git("init", "--quiet");
  writeFileSync(join(folder, "a"), "1");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");
  return git("rev-parse", "HEAD");
};

it("is absent outside of git, and before the first commit", async () => {
  expect(await headCommit(folder)).toBeUndefined();
  git("init", "--quiet");
  expect(await headCommit(folder)).toBeUndefined();
});

it("is HEAD, and clean", async () => {
  const sha = commit();
  expect(await headCommit(folder)).toEqual({ sha, dirty: false });
});

it.each([
  ["a changed file", "a"],
  ["a file that is not in it", "b"],
])("is dirty with %s", async (_, name) => {
  const sha = commit();
  writeFileSync(join(folder, name), "2");
  expect(await headCommit(folder)).toEqual({ sha, dirty: true });
});

it("is not made dirty by the saved plans", async () => {
  const sha = commit();
  mkdirSync(join(folder, "plans"));
  writeFileSync(join(folder, "plans", "tfplan"), "a plan");
  expect(await headCommit(folder, join(folder, "plans"))).toEqual({ sha, dirty: false });
  expect(await headCommit(folder, join(tmpdir(), "elsewhere"))).toEqual({ sha, dirty: true });
});
