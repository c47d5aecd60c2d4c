import { isDeepStrictEqual } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import {
  freeNetwork,
  type Environment,
  type EnvironmentFault,
  type EnvironmentInput,
} from "../../../environments/schema";
import { domain as domainField } from "../../../environments/schema/common-fields";
import { show } from "../../../environments/schema/faults";
import { environmentFields } from "../../../environments/schema/fields";
import { permanentNames } from "../../../environments/schema/permanent-names";
import { environmentSchema } from "../../../environments/schema/schema";
import { servicesOf, type SectionValues } from "../../../environments/schema/systems";
import { TTL_HOURS } from "../../../contract/registry";
import { parseDuration } from "../../../contract/duration";
import { UserError } from "../../../contract/user-error";
import { isObject } from "../../../contract/json";

/** Options of `automock init`, as given on the command line. */
export interface InitOptions {
  /** Name of the environment. */
  readonly name: string;
  readonly ttl: string;
  readonly like: string;
  readonly size?: string;
  readonly minTasks?: string;
  readonly maxTasks?: string;
  readonly domain?: string;
  readonly zone?: readonly string[];
  readonly owner?: string;
  readonly costCenter?: string;
  readonly apiCidr?: readonly string[];
  readonly controlCidr?: readonly string[];
  readonly email?: readonly string[];
  /** The global option. */
  readonly region?: string;
}

/** A fault with the field of the environment; the printed fault names the option that sets the field. */
export type OptionFault = Omit<EnvironmentFault, "where">;

/** An environment created from options, and the faults in them that the schema cannot detect. */
export interface EnvironmentDraft {
  readonly value: EnvironmentInput;
  readonly faults: readonly OptionFault[];
}

const HOUR_MS = 3_600_000;

/**
 * Creates an ephemeral environment from the values of another one. It omits the Task API, the domain, the
 * notifications (unless options set them) and all values that are defaults. It has its own network and keeps logs for one day.
 *
 * Invalid values stay, so that the validation of environments reports them.
 */
export function draftEnvironment(
  options: InitOptions,
  environments: readonly Environment[],
): EnvironmentDraft {
  const faults: OptionFault[] = [];
  const shapes = environments.flatMap(({ automock, ...rest }) => (automock ? [{ ...rest, automock }] : []));
  const shape = shapes.find(({ name }) => name === options.like) ?? shapes[0];
  if (!shape)
    throw new UserError(
      "No environment has automock, so there is nothing to copy. Add automock to an environment first.",
    );
  if (isPermanent(options.name, environments)) faults.push(permanentName(options.name, environments));
  if (shape.name !== options.like) faults.push(unknownShape(options.like, shapes));
  const ttlHours = hoursOf(options.ttl);
  if (ttlHours === undefined) faults.push(wrongTtl(options.ttl));

  const place = { accountId: shape.accountId, region: options.region ?? shape.region };
  const before = environments.find(({ name, ttlHours }) => name === options.name && ttlHours !== undefined);
  const others = environments.filter((environment) => environment !== before);
  // A different network would replace everything that is deployed.
  const kept =
    before?.region === place.region && before.accountId === place.accountId
      ? before.automock?.network.vpcCidr
      : undefined;
  const vpcCidr = kept ?? freeNetwork(16, place, others);
  if (vpcCidr === undefined) faults.push(noNetwork(place.region));

  const { automock } = shape;
  const min = numberOf(options.minTasks) ?? automock.tasks.min;
  const domain = domainOf(options, environments);
  const isName = domain !== undefined && domainField.shape.name.safeParse(domain.name).success;
  if (domain && !isName) faults.push(noDomainName(domain.name));
  else if (domain?.zones.length === 0) faults.push(unknownZone(domain.name));
  if (!domain && options.zone) faults.push(zoneWithoutDomain(options.zone));
  const value = {
    $schema: "../environment.schema.json",
    name: options.name,
    owner: options.owner ?? shape.owner,
    costCenter: options.costCenter ?? shape.costCenter,
    ...place,
    ttlHours: ttlHours ?? TTL_HOURS.default,
    locking: shape.locking,
    deletionProtection: false,
    ...(options.email && { notifications: { emails: [...options.email] } }),
    automock: {
      imageVersion: automock.imageVersion,
      ...(automock.imageDigest !== undefined && { imageDigest: automock.imageDigest }),
      size: sizeOf(options.size) ?? automock.size,
      tasks: { min, max: numberOf(options.maxTasks) ?? automock.tasks.max },
      // The minimum number of tasks runs on demand, additional tasks run on Spot.
      capacity:
        automock.capacity === "onDemand"
          ? automock.capacity
          : { spotAfter: Number.isInteger(min) ? min : automock.tasks.min },
      scaling: automock.scaling,
      containerInsights: automock.containerInsights,
      logRetentionDays: 1,
      network: { ...automock.network, vpcCidr: vpcCidr ?? automock.network.vpcCidr },
      deployment: automock.deployment,
      deploys: automock.deploys,
      apiAllowedCidrs: options.apiCidr ?? automock.apiAllowedCidrs,
      controlPlaneAllowedCidrs: options.controlCidr ?? automock.controlPlaneAllowedCidrs,
      // An invalid domain is reported above, with a better message.
      ...(isName && domain.zones.length > 0 && { domain }),
    },
  } as EnvironmentInput;
  return { value: withoutDefaults(value), faults };
}

function isPermanent(wanted: string, environments: readonly Environment[]): boolean {
  return permanentNames(environments).includes(wanted);
}

function permanentName(wanted: string, environments: readonly Environment[]): OptionFault {
  return {
    path: "name",
    given: show(wanted),
    allowed: `a name that is not reserved for permanent environments: not ${permanentNames(environments).join(", ")}`,
    fix: "choose another name",
  };
}

/** Whole hours, or `undefined` when the text is something else. */
function hoursOf(text: string): number | undefined {
  const hours = durationHours(text);
  return Number.isInteger(hours) ? hours : undefined;
}

function durationHours(text: string): number | undefined {
  try {
    return parseDuration(text, "--ttl") / HOUR_MS;
  } catch {
    return undefined;
  }
}

/** Parses a whole number; returns any other text unchanged, so that the validation reports it. */
function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : (text as number | undefined);
}

/** Parses `512/1024` as CPU units and MiB; returns any other text unchanged. */
function sizeOf(text: string | undefined): SectionValues["size"] | undefined {
  const pair = /^(\d{1,6})\/(\d{1,6})$/.exec(text ?? "");
  if (!pair) return text as SectionValues["size"] | undefined;
  return { cpuUnits: Number(pair[1]), memoryMiB: Number(pair[2]) };
}

function domainOf(
  { domain: name, zone }: InitOptions,
  environments: readonly Environment[],
): { name: string; zones: string[] } | undefined {
  if (name === undefined) return undefined;
  if (zone) return { name, zones: [...zone] };
  // A zone that another environment uses is known to exist.
  const bare = name.replace(/^\*\./, "");
  const [nearest] = environments
    .flatMap(servicesOf)
    .flatMap(({ values }) => values.domain?.zones ?? [])
    .filter((candidate) => bare === candidate || bare.endsWith(`.${candidate}`))
    .sort((a, b) => b.length - a.length);
  return { name, zones: nearest === undefined ? [] : [nearest] };
}

function unknownShape(like: string, shapes: readonly { readonly name: string }[]): OptionFault {
  const names = shapes.map(({ name }) => name);
  const nearest = closest(like, names);
  return {
    path: "like",
    given: show(like),
    allowed: `an environment that exists and has automock: ${names.join(", ")}`,
    fix: distance(like, nearest) <= 3 ? `did you mean "${nearest}"?` : "choose one of these",
  };
}

function wrongTtl(text: string): OptionFault {
  // A bare number is meant as hours, and minutes are rounded up to them.
  const hours = /^\d+$/.test(text) ? Number(text) : Math.ceil(durationHours(text) ?? NaN);
  const isMeant = environmentFields.shape.ttlHours.safeParse(hours).success;
  return {
    path: "ttlHours",
    given: show(text),
    allowed: `whole hours, ${TTL_HOURS.min} to ${TTL_HOURS.max} in all, such as 8h, 2d or 1d12h`,
    fix: isMeant ? `write ${hours}h` : "write whole hours or days with their unit",
  };
}

function noNetwork(region: string): OptionFault {
  return {
    path: "like",
    given: `${region}, where environments use all of 10.0.0.0/8`,
    allowed: "a region with an unused /16",
    fix: "delete the file of an environment that no longer exists, or choose another --region",
  };
}

function noDomainName(name: string): OptionFault {
  const lower = name.toLowerCase();
  return {
    path: "automock.domain.name",
    given: show(name),
    allowed: domainField.shape.name.description!,
    fix: domainField.shape.name.safeParse(lower).success
      ? `write ${lower}`
      : "write the name alone, such as mocks.example.com",
  };
}

function unknownZone(domain: string): OptionFault {
  return {
    path: "automock.domain.zones",
    given: "nothing",
    allowed: `the public hosted zone for ${domain}; no environment uses one yet`,
    fix: `add --zone, for example --zone ${domain.split(".").slice(-2).join(".")}`,
  };
}

function zoneWithoutDomain(zones: readonly string[]): OptionFault {
  return {
    path: "automock.domain.zones",
    given: show(zones),
    allowed: "a zone together with --domain",
    fix: `add --domain, for example --domain mocks.${zones[0]}, or omit --zone`,
  };
}

/** The same environment without values that are defaults. An invalid environment stays unchanged. */
function withoutDefaults(value: EnvironmentInput): EnvironmentInput {
  const whole = environmentSchema.safeParse(value);
  if (!whole.success) return value;
  const copy = structuredClone(value) as EnvironmentInput & Record<string, unknown>;
  const { automock } = whole.data;
  if (!automock || !copy.automock) return value;
  const { deployment, deploys } = automock;
  const usual = deployment.strategy === "rolling" ? "terraform" : "external";
  const meant = deploys === usual ? { ...whole.data, automock: { ...automock, deploys: undefined } } : whole.data; // prettier-ignore
  if (deploys === usual) delete copy.automock.deploys;
  prune(copy, (): boolean => {
    const parsed = environmentSchema.safeParse(copy);
    return parsed.success && isDeepStrictEqual(strip(parsed.data), strip(meant));
  });
  return copy;
}

/** Deletes each key, at any depth, without which `isSame` still holds. */
function prune(value: Record<string, unknown>, isSame: () => boolean): void {
  for (const [key, inner] of Object.entries(value)) {
    delete value[key];
    // Only the editor reads $schema.
    if (key !== "$schema" && isSame()) continue;
    value[key] = inner;
    if (isObject(inner)) prune(inner, isSame);
  }
}

/** A copy without keys whose value is undefined. */
function strip(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
