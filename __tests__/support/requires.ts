import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "./chromium";

/** Programs that some tests need and that unit tests must not. */
export type Tool =
  "terraform" | "moto_server" | "gpg" | "curl" | "chromium" | "java" | "jq" | "openssl" | "ssh";

/**
 * `describe` if all the tools are there; otherwise it says which one is missing and skips the block. With `CI=true` a
 * missing tool is a failure: a check that silently does not run protects nothing.
 */
export function describeWith(tools: readonly Tool[], name: string, block: () => void): void {
  const missing = tools.filter((tool) => !isPresent(tool));
  if (missing.length === 0) {
    describe(name, block);
    return;
  }
  const reason = `${missing.join(" and ")} not found: ${missing.map((tool) => REMEDY[tool]).join(" ")}`;
  if (process.env.CI === "true") {
    describe(name, () => {
      it("has the tools it needs", () => {
        throw new Error(`${reason} With CI=true these tests must run.`);
      });
    });
    return;
  }
  process.stderr.write(`skipped "${name}": ${reason}\n`);
  describe.skip(`${name} (${reason})`, block);
}

const REMEDY: Readonly<Record<Tool, string>> = {
  terraform: "install it from https://developer.hashicorp.com/terraform/install.",
  gpg: "install the package gpg of your system.",
  curl: "install the package curl of your system.",
  chromium: "install the package chromium of your system, or Chrome.",
  java: "install the package default-jre-headless of your system (17 or newer).",
  jq: "install the package jq of your system.",
  ssh: "install the package openssh-client of your system.",
  openssl: "install the package openssl of your system.",
  moto_server: "pip install 'moto[server]==5.2.1', or run `npm run demo` once, which installs it into .venv.",
};

/** What a tool answers with exit code 0, if not `--help`. */
const ASKED: Partial<Record<Tool, string>> = {
  terraform: "version",
  openssl: "version",
  java: "-version",
  ssh: "-V",
};

function isPresent(tool: Tool): boolean {
  if (tool === "chromium") return findChromium() !== undefined;
  if (tool === "moto_server" && existsSync(join(__dirname, "..", "..", ".venv", "bin", "moto_server")))
    return true;
  return spawnSync(tool, [ASKED[tool] ?? "--help"], { stdio: "ignore" }).status === 0;
}
