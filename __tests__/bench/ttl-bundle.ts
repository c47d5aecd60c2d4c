import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import { bundleReaper } from "../../lambda/ttl-cleanup/build";
import { median } from "./processes";

/** Fresh processes that import the bundle; odd, so that the median is one of them. */
const IMPORTS = 15;

/** Prints the milliseconds of an import: on the clock, and of the process's own work. */
const IMPORT = `
const cpu = process.cpuUsage();
const started = performance.now();
import(process.argv[1]).then(() => {
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
});
`;

export interface BundleFigures {
  readonly zipBytes: number;
  /** Median over fresh processes. */
  readonly importMs: number;
  readonly importCpuMs: number;
  readonly imports: number;
  /** What it was measured on. */
  readonly machine: string;
}

/** Size of the Lambda's zip, and how long Node takes to import what is in it, in processes of their own. */
export function measureBundle(): BundleFigures {
  const { zipFile, bytes: zipBytes } = bundleReaper();
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  try {
    for (const [name, content] of Object.entries(unzipSync(readFileSync(zipFile)))) {
      writeFileSync(join(folder, name), content);
    }
    const module = pathToFileURL(join(folder, "index.mjs")).href;
    importOnce(module); // brings the file into the page cache
    const runs = Array.from({ length: IMPORTS }, () => importOnce(module));
    return {
      zipBytes,
      importMs: median(runs.map(({ wallMs }) => wallMs)),
      importCpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
      imports: IMPORTS,
      machine: `${cpus().length} cores (${cpus()[0]!.model.trim()}), Node ${process.version}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importOnce(module: string): { readonly wallMs: number; readonly cpuMs: number } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", IMPORT, module], {
    encoding: "utf8",
    env: { ...process.env, AWS_REGION: "us-east-1" },
  });
  if (status !== 0) throw new Error(`importing the bundle ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as { wallMs: number; cpuMs: number };
}
