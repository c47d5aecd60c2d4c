import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..");

it("synthesizes the stacks of every permanent environment and prints nothing, also no warning of Node", () => {
  const outputFolder = mkdtempSync(join(tmpdir(), "automock-synth-"));
  const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as { app: string };
  try {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", app], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, CDKTF_OUTDIR: outputFolder },
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
    expect(readdirSync(join(outputFolder, "stacks"))).toContain("bootstrap");
  } finally {
    rmSync(outputFolder, { recursive: true, force: true });
  }
});
