import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Cli } from "../../context";
import { findProviderMirror } from "../../../operations/terraform/provider-mirror";
import { stacksOf } from "../../../environments/schema/stacks";
import { failed, ok, warning, type Check } from "./check";

const REGISTRY = "https://registry.terraform.io/.well-known/terraform.json";
const REGISTRY_TIMEOUT_MS = 5_000;

/** Checks that do not call AWS: Node, terraform, its provider, the environments' files. */
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

/** Oldest release that still gets fixes, and that the AWS SDK supports from January 2027: https://nodejs.org/en/about/previous-releases */
const SUPPORTED_MAJOR = 22;

/** @param range of the form `>=20.9` */
export function nodeCheck(version: string, range: string): Check {
  const [, needMajor = 0, needMinor = 0] = /^>=(\d+)(?:\.(\d+))?/.exec(range)?.map(Number) ?? [];
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    return failed(
      "node",
      `${version}; ${range} is required`,
      `Install Node ${SUPPORTED_MAJOR} from https://nodejs.org.`,
    );
  }
  return major < SUPPORTED_MAJOR
    ? warning(
        "node",
        `${version}, past its end of life`,
        `Install Node ${SUPPORTED_MAJOR} from https://nodejs.org.`,
      )
    : ok("node", version);
}

async function checkTerraform(cli: Cli): Promise<Check> {
  try {
    return ok("terraform", (await cli.terraform()).version);
  } catch (error) {
    return failed("terraform", ...splitFix((error as Error).message));
  }
}

/** Messages about terraform end with the fix. */
function splitFix(message: string): [found: string, fix: string] {
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
    if (status < 400)
      return ok(name, "terraform downloads it from registry.terraform.io, which is reachable");
    return unreachable(name, `it returned status ${status}`);
  } catch (error) {
    return unreachable(name, (error as Error).message);
  }
}

function unreachable(name: string, reason: string): Check {
  return warning(
    name,
    `no mirror has it, and registry.terraform.io is not reachable from here: ${reason}`,
    "Ignore this if terraform uses a proxy (HTTPS_PROXY). Otherwise create a mirror: terraform providers mirror.",
  );
}

function checkEnvironments(cli: Cli): Check {
  try {
    const environments = cli.environments();
    return ok("environments", `${environments.length}, with ${stacksOf(environments).length} stacks`);
  } catch (error) {
    return failed("environments", (error as Error).message, "Fix the files that the message names.");
  }
}
