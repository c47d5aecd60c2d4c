import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Cli } from "../../context";
import { findProviderMirror } from "../../../operations/terraform/provider-mirror";
import { stacksOf } from "../../../environments/stacks";
import { failed, ok, warning, type Check } from "./check";

const REGISTRY = "https://registry.terraform.io/.well-known/terraform.json";
const REGISTRY_TIMEOUT_MS = 5_000;

/** What needs no AWS: Node, terraform, its provider, the environments' files. */
export async function checkTools(cli: Cli): Promise<Check[]> {
  const checks = await Promise.all([checkTerraform(cli), checkProvider(cli)]);
  return [checkNode(cli), ...checks, checkEnvironments(cli)];
}

function checkNode({ projectFolder }: Cli): Check {
  const { engines } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")) as {
    readonly engines: { readonly node: string };
  };
  return nodeCheck(process.versions.node, engines.node);
}

/** @param range of the form `>=20.9` */
export function nodeCheck(version: string, range: string): Check {
  const [, needMajor = 0, needMinor = 0] = /^>=(\d+)(?:\.(\d+))?/.exec(range)?.map(Number) ?? [];
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > needMajor || (major === needMajor && minor >= needMinor)
    ? ok("node", version)
    : failed("node", `${version}; needed is ${range}`, "Install a newer one from https://nodejs.org.");
}

async function checkTerraform(cli: Cli): Promise<Check> {
  try {
    return ok("terraform", (await cli.terraform()).version);
  } catch (error) {
    return failed("terraform", ...splitMend((error as Error).message));
  }
}

/** Messages about terraform end with what to do. */
function splitMend(message: string): [found: string, mend: string] {
  const at = message.search(/\s(?=Install |Use any other )/);
  return at < 0
    ? [message, "See https://developer.hashicorp.com/terraform/install."]
    : [message.slice(0, at), message.slice(at + 1)];
}

async function checkProvider(cli: Cli): Promise<Check> {
  const name = "AWS provider";
  let mirror;
  try {
    mirror = findProviderMirror({
      env: cli.env,
      workingFolder: cli.projectFolder,
      homeFolder: homedir(),
      platform: process.platform,
      arch: process.arch,
    });
  } catch (error) {
    return failed(name, (error as Error).message, "Unset the variable, or put the provider there.");
  }
  if (mirror) return ok(name, `hashicorp/aws ${mirror.versions.join(", ")} in the mirror ${mirror.folder}`);
  try {
    const { status } = await fetch(REGISTRY, { signal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS) });
    if (status < 400) return ok(name, "terraform downloads it from registry.terraform.io, which answers");
    return unreachable(name, `it answers ${status}`);
  } catch (error) {
    return unreachable(name, (error as Error).message);
  }
}

function unreachable(name: string, reason: string): Check {
  return warning(
    name,
    `no mirror holds it, and registry.terraform.io cannot be reached from here: ${reason}`,
    "Harmless when terraform goes through a proxy (HTTPS_PROXY); otherwise make a mirror: terraform providers mirror.",
  );
}

function checkEnvironments(cli: Cli): Check {
  try {
    const environments = cli.environments();
    return ok("environments", `${environments.length}, with ${stacksOf(environments).length} stacks`);
  } catch (error) {
    return failed("environments", (error as Error).message, "Correct the files that are named.");
  }
}
