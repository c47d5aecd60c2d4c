import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { announcedPort, findMoto, startMoto } from "../../local/moto";

let project: string;
let lines: string[];
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "moto-test-"));
  lines = [];
});
afterEach(() => rmSync(project, { recursive: true }));

function program(file: string, source: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), `#!${process.execPath}\n${source}`);
  chmodSync(join(project, file), 0o755);
}
const options = (path = join(project, "bin")) => ({
  env: { PATH: path },
  projectFolder: project,
  log: (line: string) => void lines.push(line),
});
/** A python3 whose venv holds a python that "installs" moto_server. */
const PYTHON = `
const fs = require("node:fs");
const venv = process.argv.at(-1);
fs.mkdirSync(venv + "/bin", { recursive: true });
fs.writeFileSync(venv + "/bin/python", "#!" + process.execPath + "\\nconsole.error('no network: ' + process.argv.slice(2).join(' ')); process.exitCode = Number(process.env.PIP_EXIT ?? 0)");
fs.chmodSync(venv + "/bin/python", 0o755);`;

it.each([
  [" * Running on http://127.0.0.1:38955", 38955],
  ["Press CTRL+C to quit", undefined],
])("reads the port from %p", (line, port) => expect(announcedPort(line)).toBe(port));

it("prefers moto_server on PATH", async () => {
  program("bin/moto_server", "");
  program(".venv/bin/moto_server", "");
  expect(await findMoto(options())).toBe("moto_server");
  expect(lines).toEqual([]);
});

it("takes the one in .venv", async () => {
  program(".venv/bin/moto_server", "");
  expect(await findMoto(options())).toBe(join(project, ".venv/bin/moto_server"));
  expect(lines).toEqual([]);
});

it("installs it into .venv and says so", async () => {
  program("bin/python3", PYTHON);
  expect(await findMoto(options())).toBe(join(project, ".venv/bin/moto_server"));
  expect(lines).toEqual(["installing moto 5.2.1 into .venv (once)"]);
});

it("says what to do when there is no Python", async () => {
  await expect(findMoto(options())).rejects.toThrow(
    `The local AWS needs moto_server, which is not on PATH and could not be installed: ` +
      `"python3 -m venv ${join(project, ".venv")}" failed.\n` +
      `Cannot start "python3": no such command on PATH (or no such folder: .).\n` +
      `Install Python 3.10 or newer, then either "pip install 'moto[server]==5.2.1'" or try again.`,
  );
});

it("leaves no half-made .venv behind when the installation fails", async () => {
  program("bin/python3", PYTHON);
  const failing = { ...options(), env: { ...options().env, PIP_EXIT: "1" } };
  await expect(findMoto(failing)).rejects.toThrow("no network: -m pip install --quiet moto[server]==5.2.1");
  expect(existsSync(join(project, ".venv"))).toBe(false);
});

it("reports a server that ends at once, with its last words", async () => {
  program(
    "bin/moto_server",
    `if (!process.argv.includes("--help")) { console.error("broken"); process.exitCode = 3; }`,
  );
  await expect(startMoto({ ...options(), accountId: "123456789012" })).rejects.toThrow(
    "moto_server ended with exit code 3:\nbroken",
  );
});

it("starts on a port of the server's choice with the account, and stops it", async () => {
  program(
    "bin/moto_server",
    `if (process.argv.includes("--help")) process.exit(0);
     const server = require("node:http").createServer((_, answer) => answer.end(process.env.MOTO_ACCOUNT_ID));
     server.listen(0, "127.0.0.1", () => console.log(" * Running on http://127.0.0.1:" + server.address().port));`,
  );
  const path = [join(project, "bin"), process.env.PATH].join(delimiter);
  const moto = await startMoto({ ...options(path), accountId: "210987654321" });
  expect(await (await fetch(`http://127.0.0.1:${moto.port}/`)).text()).toBe("210987654321");
  await moto.stop();
  await expect(fetch(`http://127.0.0.1:${moto.port}/`)).rejects.toThrow();
});
