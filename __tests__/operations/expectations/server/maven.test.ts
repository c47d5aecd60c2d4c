import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { readFileSync } from "node:fs";
import { copyFromMaven, pinnedJars } from "../../../../operations/expectations/server/maven";

const LIST = join(__dirname, "../../../../operations/expectations/server/mockserver-9.1.0.sha256");

let work: string;
beforeEach(() => (work = mkdtempSync(join(tmpdir(), "maven-"))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** An `mvn` that runs a script in the folder of the POM. */
function withMaven(script: string): NodeJS.ProcessEnv {
  const bin = join(work, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "mvn"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "mvn"), 0o755);
  return { PATH: `${bin}${delimiter}${process.env.PATH}` };
}

function listOf(content: string): string {
  const file = join(work, "list");
  const sha256 = createHash("sha256").update(content).digest("hex");
  writeFileSync(file, `${sha256} io.netty:a:1.0\n${sha256} io.netty:b:2.0:jar:linux-x86_64\n`);
  return file;
}

it("pins every jar of MockServer once, by version and SHA-256", () => {
  const jars = pinnedJars(readFileSync(LIST, "utf8"));
  expect(jars).toHaveLength(150);
  expect(
    new Set(jars.map(({ group, artifact, classifier }) => `${group}:${artifact}:${classifier}`)).size,
  ).toBe(150);
  expect(jars.filter(({ sha256 }) => !/^[0-9a-f]{64}$/.test(sha256))).toEqual([]);
  expect(jars.filter(({ group }) => group === "org.mock-server").map(({ version }) => version)).toEqual([
    "9.1.0",
    "9.1.0",
    "9.1.0",
  ]);
});

it("copies the jars that the list names, with their classifiers", async () => {
  const env = withMaven("mkdir jars; printf x >jars/a-1.0.jar; printf x >jars/b-2.0-linux-x86_64.jar");
  const folder = await copyFromMaven(listOf("x"), work, env);
  expect(readdirSync(folder)).toEqual(["a-1.0.jar", "b-2.0-linux-x86_64.jar"]);
});

it("refuses a jar that is not the one that is pinned", async () => {
  const env = withMaven("mkdir jars; printf x >jars/a-1.0.jar; printf y >jars/b-2.0-linux-x86_64.jar");
  await expect(copyFromMaven(listOf("x"), work, env)).rejects.toThrow(
    /^b-2\.0-linux-x86_64\.jar has the SHA-256 \w{64}; \w{64} is expected\.$/,
  );
});

it("says what Maven says first", async () => {
  const env = withMaven(
    "echo '[ERROR] Could not find artifact io.netty:a'; echo '[ERROR] see the log'; exit 1",
  );
  await expect(copyFromMaven(listOf("x"), work, env)).rejects.toThrow(
    /^Could not find artifact io\.netty:a$/,
  );
});
