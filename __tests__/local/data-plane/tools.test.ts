import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTools } from "../../../local/data-plane/tools";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tools-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const JAVA = "echo 'openjdk version \"17.0.1\"' >&2";

/** Looks for tools where only these programs are, each a script; returns what was said. */
async function found(programs: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
  const bin = join(folder, "path");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const lines: string[] = [];
  const tools = await findTools({
    env: { PATH: bin, XDG_CACHE_HOME: join(folder, "cache"), ...env },
    folder,
    log: (line) => lines.push(line),
  });
  return { mockServer: tools.mockServer, lines };
}

const NOT_HERE = "mocks do not answer here, and their tasks are records only:";

it.each([
  ["nothing", {}, "java 17 or newer and jq and curl not found"],
  [
    "an old Java",
    { java: "echo 'openjdk version \"11.0.2\"'", jq: "", curl: "" },
    "java 17 or newer not found",
  ],
  ["no jq", { java: JAVA, curl: "" }, "jq not found"],
  ["no curl", { java: JAVA, jq: "" }, "curl not found"],
])("with %s one line says what is missing and what is not shown", async (_, programs, missing) => {
  expect(await found(programs)).toEqual({ mockServer: undefined, lines: [`${NOT_HERE} ${missing}`] });
});

it("takes the class path that the user names", async () => {
  const all = { java: JAVA, jq: "", curl: "" };
  expect(await found(all, { AUTOMOCK_MOCKSERVER_JAR: "/jars/*" })).toEqual({
    mockServer: ["-XX:TieredStopAtLevel=1", "-cp", "/jars/*", "org.mockserver.cli.Main"],
    lines: [],
  });
});

it("says which of Maven and npm failed, and what is not shown", async () => {
  const { mockServer, lines } = await found({
    java: JAVA,
    jq: "",
    curl: "",
    npm: "echo no network; exit 1",
  });
  expect(mockServer).toBeUndefined();
  expect(lines).toEqual([
    expect.stringMatching(/^fetching MockServer 8\.0\.0 into /),
    expect.stringMatching(
      /^mocks do not answer here, .* MockServer 9\.1\.0 by Maven: .*mvn.*; 8\.0\.0 by npm: "npm pack .*" failed: no network$/s,
    ),
  ]);
});
