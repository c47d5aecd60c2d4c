import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mockServerArguments } from "../../../../operations/expectations/server/program";

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "program-"));
  mkdirSync(join(cache(), "mockserver-9.1.0"), { recursive: true });
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cache = () => join(folder, "automock-infra");
const archives = () => readdirSync(cache()).filter((name) => name.startsWith("classes-"));

/** Arguments with a `java` that is a shell script. */
function argumentsWith(script: string): Promise<string[]> {
  writeFileSync(join(folder, "java"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "java"), 0o755);
  const env = { PATH: `${folder}:${process.env.PATH}`, XDG_CACHE_HOME: folder };
  return mockServerArguments({ env, log: (line) => lines.push(line) });
}

/** Writes the archive when it is told to end, as Java does, and a certificate, as MockServer does. */
const java = (release: string) => `
[ "$1" = -version ] && echo 'openjdk version "${release}"' && exit
archive=\${2#-XX:ArchiveClassesAtExit=}
touch program-test.pem
trap 'echo archive > "$archive"; exit' TERM
echo started on port: 1
while :; do sleep 0.1; done`;

const plain = () => ["-cp", join(cache(), "mockserver-9.1.0", "*"), "org.mockserver.cli.Main"];

it("writes the archive of classes once per release of Java", async () => {
  const first = await argumentsWith(java("17.0.15"));
  const [name] = archives();
  expect(first).toEqual([
    "-XX:TieredStopAtLevel=1",
    `-XX:SharedArchiveFile=${join(cache(), name!)}`,
    ...plain(),
  ]);
  expect(await argumentsWith(java("17.0.15"))).toEqual(first);
  expect(lines).toEqual(["preparing MockServer for faster starts (once)"]);
  await argumentsWith(java("21.0.2"));
  expect(archives()).toHaveLength(2);
  expect(existsSync("program-test.pem")).toBe(false);
});

it.each([
  ["fails", "exit 1"],
  ["writes none", `[ "$1" = -version ] && echo 'openjdk version "17"'; exit 0`],
])("does without an archive when Java %s", async (_, script) => {
  expect(await argumentsWith(script)).toEqual(["-XX:TieredStopAtLevel=1", ...plain()]);
  expect(archives()).toEqual([]);
});
