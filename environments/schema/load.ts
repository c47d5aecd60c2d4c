import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatCidr, overlaps, parseCidr, sizeOf, type Cidr } from "../../contract/cidr";
import { TTL_HOURS } from "../../contract/registry";
import { bootstrap } from "../bootstrap";
import { validateBootstrap, type BootstrapSettings } from "./bootstrap-fields";
import { domainFaults } from "./domain-conflicts";
import { faultAt, faultsOf, show, type EnvironmentFault } from "./faults";
import type { Environment } from "./fields";
import { permanentFiles } from "./permanent-files";
import { readJson } from "./read-json";
import { environmentSchema } from "./schema";
import { servicesOf } from "./systems";

/** A validated environment and the file it came from. */
interface Source {
  readonly file: string;
  readonly environment: Environment;
}

export interface Loaded {
  /** The valid environments: prod, the other permanent ones by name, then the ephemeral ones by name. */
  readonly environments: readonly Environment[];
  /** Of the bootstrap stacks; the defaults when they have faults. */
  readonly bootstrap: BootstrapSettings;
  readonly faults: readonly EnvironmentFault[];
}

/**
 * The faults that concern more than the environments whose files have them: a permanent environment decides the names
 * of the bootstrap stacks, and two environments can have each other's name or network.
 */
export function blockingFaults({
  environments,
  faults,
}: Pick<Loaded, "environments" | "faults">): readonly EnvironmentFault[] {
  const leftOut = (file: string) =>
    file.startsWith(EPHEMERAL) && !environments.some(({ name }) => file === `${EPHEMERAL}${name}.json`);
  return faults.filter(({ where }) => !leftOut(where.split(":")[0]!));
}

const EPHEMERAL = "environments/ephemeral/";

/** An ephemeral environment whose file has not been written yet. */
export interface Draft {
  /** Its file name, `<name>.json`. An existing file of this name is not read. */
  readonly file: string;
  readonly text: string;
}

/**
 * Reads every `*.ts` of a permanent environment and every `ephemeral/*.json` in a folder of environments, and validates each alone and
 * all together. It does not throw; it returns every fault in every file.
 *
 * @param draft validated as if it were among the ephemeral ones, after all others
 */
export function loadEnvironments(folder: string, draft?: Draft): Loaded {
  const ephemeralFolder = join(folder, "ephemeral");
  const files = existsSync(ephemeralFolder)
    ? readdirSync(ephemeralFolder)
        .filter((file) => file.endsWith(".json") && file !== draft?.file)
        .sort()
    : [];
  const read = [
    ...permanentFiles(folder).map(({ file, value, faults }) =>
      faults.length > 0 ? { faults } : validate(file, value),
    ),
    ...files.map((file) => readEphemeral(ephemeralFolder, file)),
    ...(draft ? [validateEphemeral(draft.file, draft.text)] : []),
  ];
  const sources = read.flatMap(({ source }) => source ?? []);
  const { settings, faults } = validateBootstrap("environments/bootstrap.ts", bootstrap);
  return {
    environments: sources.map(({ environment }) => environment),
    bootstrap: settings,
    faults: [
      ...read.flatMap((one) => one.faults),
      ...faults,
      ...faultsBetween(sources),
      ...domainFaults(sources, settings.ephemeralDomains),
    ],
  };
}

interface Validated {
  readonly source?: Source;
  readonly faults: readonly EnvironmentFault[];
}

function validate(file: string, value: unknown): Validated {
  const result = environmentSchema.safeParse(value);
  return result.success
    ? { source: { file, environment: result.data }, faults: [] }
    : { faults: faultsOf(file, value, result.error.issues) };
}

function readEphemeral(folder: string, name: string): Validated {
  let text: string;
  try {
    text = readFileSync(join(folder, name), "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const given =
      code === "EISDIR" ? "a folder" : code === "ENOENT" ? "a broken symbolic link" : `a file that cannot be read (${message})`; // prettier-ignore
    return {
      faults: [
        faultAt(`${EPHEMERAL}${name}`, "", {
          given,
          allowed: "a readable file",
          fix: "delete it or replace it with a JSON file",
        }),
      ],
    };
  }
  return validateEphemeral(name, text);
}

function validateEphemeral(name: string, text: string): Validated {
  const file = `${EPHEMERAL}${name}`;
  const { value, faults } = readJson(file, text);
  if (faults.length > 0) return { faults };
  const withTtl =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ttlHours: TTL_HOURS.default, ...value }
      : value;
  const validated = validate(file, withTtl);
  const stem = name.replace(/\.json$/, "");
  const given = (withTtl as { name?: unknown } | null)?.name;
  if (validated.source && given !== stem) {
    return {
      faults: [
        faultAt(file, "name", {
          given: show(given),
          allowed: show(stem),
          fix: "name the file after the environment",
        }),
      ],
    };
  }
  return validated;
}

/** Conflicts between environments. */
function* faultsBetween(sources: readonly Source[]): Iterable<EnvironmentFault> {
  for (const [i, source] of sources.entries()) {
    for (const other of sources.slice(0, i)) {
      yield* nameFaults(source, other);
      yield* networkFaults(source, other, sources);
    }
  }
}

function* nameFaults({ file, environment: { name } }: Source, other: Source): Iterable<EnvironmentFault> {
  const taken = other.environment.name;
  if (name === taken) {
    yield faultAt(file, "name", {
      given: show(name),
      allowed: `a name other than that of ${other.file}`,
      fix: "rename one of the two",
    });
  } else if (name.startsWith(`${taken}-`) || taken.startsWith(`${name}-`)) {
    // Resource names start with the environment's name, so one environment's would look like the other's.
    yield faultAt(file, "name", {
      given: show(name),
      allowed: `a name where neither it nor ${show(taken)} (${other.file}) starts with the other plus a hyphen`,
      fix: "rename one of the two",
    });
  }
}

function* networkFaults(source: Source, other: Source, all: readonly Source[]): Iterable<EnvironmentFault> {
  const { file, environment } = source;
  if (environment.accountId !== other.environment.accountId) return;
  if (environment.region !== other.environment.region) return;
  const used = all.flatMap(networksOf).map(({ vpcCidr }) => parseCidr(vpcCidr));
  for (const { path, vpcCidr } of networksOf(source)) {
    const vpc = parseCidr(vpcCidr);
    const taken = networksOf(other).find((network) => overlaps(vpc, parseCidr(network.vpcCidr)));
    if (!taken) continue;
    const free = firstFree(vpc, used);
    if (free) used.push(free); // the next network needs another one
    yield faultAt(file, path, {
      given: show(vpcCidr),
      allowed: `a network that does not overlap ${taken.vpcCidr} of ${other.file} (same account and region)`,
      fix: free ? `${formatCidr(free)} is free` : "use a smaller network",
    });
  }
}

function networksOf({ environment }: Pick<Source, "environment">): { path: string; vpcCidr: string }[] {
  return servicesOf(environment).map(({ section, values }) => ({
    path: `${section}.network.vpcCidr`,
    vpcCidr: values.network.vpcCidr,
  }));
}

/** The first network in 10.0.0.0/8 that is unused in the account and region, or `undefined` if there is none. */
export function freeNetwork(
  prefixLength: number,
  { accountId, region }: Pick<Environment, "accountId" | "region">,
  environments: readonly Environment[],
): string | undefined {
  const used = environments
    .filter((environment) => environment.accountId === accountId && environment.region === region)
    .flatMap((environment) => networksOf({ environment }))
    .map(({ vpcCidr }) => parseCidr(vpcCidr));
  const free = firstFree({ start: 0, prefixLength }, used);
  return free && formatCidr(free);
}

const PRIVATE = parseCidr("10.0.0.0/8");

function firstFree({ prefixLength }: Cidr, used: readonly Cidr[]): Cidr | undefined {
  const size = sizeOf({ start: 0, prefixLength });
  for (let start = PRIVATE.start; start < PRIVATE.start + sizeOf(PRIVATE); start += size) {
    const candidate = { start, prefixLength };
    if (!used.some((network) => overlaps(candidate, network))) return candidate;
  }
  return undefined;
}
