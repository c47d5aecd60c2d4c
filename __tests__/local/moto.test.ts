import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { findMoto, startMoto } from "../../local/moto";

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
      `Cannot start "python3": the command is not on PATH, or the folder . does not exist.\n` +
      `Install Python 3.10 or newer, then either "pip install 'moto[server]==5.2.1'" or try again.`,
  );
});

it("leaves no half-installed .venv behind when the installation fails", async () => {
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
  await expect(startMoto({ ...options(), socketPath: join(project, "moto.sock") })).rejects.toThrow(
    "moto_server ended with exit code 3:\nbroken",
  );
});

it("starts on the socket without an account of its own, listens nowhere else, and stops it", async () => {
  program(
    "bin/moto_server",
    `if (process.argv.includes("--help")) process.exit(0);
     const [flag, host, ...others] = process.argv.slice(2);
     if (flag !== "-H" || others.length > 0) process.exit(2);
     require("node:http").createServer((_, answer) => answer.end(process.env.MOTO_ACCOUNT_ID ?? "accounts by header"))
       .listen(host.replace("unix://", ""));`,
  );
  const path = [join(project, "bin"), process.env.PATH].join(delimiter);
  const socketPath = join(project, "moto.sock");
  const moto = await startMoto({ ...options(path), socketPath });
  expect(moto.socketPath).toBe(socketPath);
  expect(await answerOf(socketPath)).toBe("accounts by header");
  await moto.stop();
  await expect(answerOf(socketPath)).rejects.toThrow(/ECONNREFUSED|ENOENT/);
});

async function answerOf(socketPath: string): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ socketPath, agent: false }, resolve).on("error", reject);
  });
  let body = "";
  for await (const chunk of answer) body += String(chunk);
  return body;
}
