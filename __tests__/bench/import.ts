import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../operations/process";
import { importExpectations } from "../../operations/expectations/import";
import { machine, publish, table, type Target } from "./report";

/**
 * `npm run bench:import`: how long the import of GitHub's description takes, and how much memory. The description comes
 * from npm and is not a dependency. Prints a table and writes it into docs/benchmarks.md.
 */

const PACKAGE = "@octokit/openapi@23.0.2";
const MIB = 1024 * 1024;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-import-"));
  try {
    await succeed("npm", ["pack", PACKAGE, "--silent"], folder);
    await succeed("sh", ["-c", "tar -xzf *.tgz package/generated/api.github.com.json"], folder);
    const file = join(folder, "package", "generated", "api.github.com.json");
    const output = join(folder, "mocks.json");
    const { user, system } = process.cpuUsage();
    const result = importExpectations({
      file,
      output,
      only: [],
      without: [],
      hosts: [],
      checkRequests: false,
    });
    const used = process.cpuUsage({ user, system });
    const cpuSeconds = (used.user + used.system) / 1e6;
    const peakMiB = process.resourceUsage().maxRSS / 1024;
    const targets: Target[] = [
      {
        what: "import of GitHub's description, processor time",
        measured: cpuSeconds,
        allowed: 10,
        unit: " s",
      },
      { what: "its memory at most", measured: peakMiB, allowed: 768, unit: " MiB" },
    ];
    const figures = table(
      ["GitHub's REST API", ""],
      [
        ["description", `${(statSync(file).size / MIB).toFixed(1)} MiB`],
        ["operations", String(result.operations)],
        ["expectations", String(result.expectations)],
        ["file of expectations", `${(statSync(output).size / MIB).toFixed(1)} MiB`],
        ["smallest size of tasks", result.size],
      ],
    );
    await publish("npm run bench:import", [`${machine()} Description: \`${PACKAGE}\`.`, figures], targets);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function succeed(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, stderr } = await run(command, { args, cwd, env: process.env });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
}

void main();
