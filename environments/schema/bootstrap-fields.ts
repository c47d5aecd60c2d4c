import { z } from "zod";
import { ENVIRONMENT_NAME } from "../../contract/permanent-names";
import { TEST_NAME_LENGTH } from "../../contract/test-run";
import { domainName } from "./common-fields";
import { trust } from "./delivery-fields";
import { faultAt, show, type EnvironmentFault } from "./faults";

const ADDRESSES = "up to 20 email addresses; each must confirm the first email from AWS";
const emails = z.array(z.email("an email address"), ADDRESSES).max(20, ADDRESSES);

const NAME = "lower-case letters, digits and hyphens, starting with a letter, at most";
const slug = (most: number) =>
  z.string().max(most, `${NAME} ${most}`).regex(ENVIRONMENT_NAME, `${NAME} ${most}`);

/** Who runs test environments, by the last part of the role's name: `{ jenkins: { trust, spec: "orders" } }`. */
const testPipelines = z.record(
  slug(20),
  z.strictObject({
    trust,
    /** Name of a file in environments/test, without `.json`. */
    spec: slug(TEST_NAME_LENGTH.spec),
  }),
);

/** Settings that the bootstrap stacks need besides the environments. */
const bootstrapFields = z.strictObject({
  /** Addresses that receive every notice and every alarm of the reaper. */
  operators: emails.default([]),
  /** Addresses of each owner, by `owner` of the environments: they are warned before an environment is deleted. */
  teams: z.record(z.string(), emails).default({}),
  /** Aliases of accounts that look like production and are not: the reaper deletes nothing in one that has the word. */
  accountAliases: z
    .array(
      z.string().regex(/^[a-z0-9-]{3,63}$/, "an account alias: lower-case letters, digits and hyphens"),
      "account aliases",
    )
    .default([]),
  /** Domains under which ephemeral environments may have their names; the reaper may delete records there alone. */
  ephemeralDomains: z
    .array(domainName, "domain names in lower case, for example mocks.example.com")
    .default([]),
  /** Pipelines that run test environments: each gets a role. */
  testEnvironments: z.strictObject({ pipelines: testPipelines }).default({ pipelines: {} }),
});

export type BootstrapSettings = z.output<typeof bootstrapFields>;
export type BootstrapInput = z.input<typeof bootstrapFields>;

export const NO_SETTINGS: BootstrapSettings = bootstrapFields.parse({});

/** Validates the settings; with faults, the defaults are returned. */
export function validateBootstrap(
  file: string,
  value: unknown,
): { readonly settings: BootstrapSettings; readonly faults: readonly EnvironmentFault[] } {
  const result = bootstrapFields.safeParse(value);
  if (result.success) return { settings: result.data, faults: [] };
  const faults = result.error.issues.map(({ path, message }) => {
    const given = path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    );
    return faultAt(file, path.join("."), { given: show(given), allowed: message, fix: "correct it" });
  });
  return { settings: NO_SETTINGS, faults };
}
