/** A package as `package-lock.json` states it. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  /** Only for building and testing. */
  readonly dev?: boolean;
}

/** The part of `package-lock.json` (version 3) that is read here. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Programs that the project runs, and that no package manager's lock names. */
const PROGRAMS = [
  ["Terraform provider hashicorp/aws", "MPL-2.0", "https://github.com/hashicorp/terraform-provider-aws"],
  ["MockServer", "Apache-2.0", "https://github.com/mock-server/mockserver-monorepo"],
  ["PostgreSQL, for the local AWS", "PostgreSQL", "https://www.postgresql.org"],
  ["AWS CLI", "Apache-2.0", "https://github.com/aws/aws-cli"],
  ["moto, for the local AWS", "Apache-2.0", "https://github.com/getmoto/moto"],
] as const;

/** Packages that state their license in an old form, which the lock leaves out: `licenses` in their `package.json`. */
const OLD_FORM: Readonly<Record<string, string>> = { buildcheck: "MIT", "cpu-features": "MIT", ssh2: "MIT" };

/** Licenses that ask for no more than their text being kept with the code. */
const PERMISSIVE =
  /^(0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|CC0-1\.0|ISC|MIT|MIT-0|Public Domain|Unlicense)$/;

/** Of several licenses the user may choose one (`OR`), or must keep all (`AND`). */
function isPermissive(expression: string): boolean {
  const choices = expression.replace(/[()]/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((license) => PERMISSIVE.test(license)));
}

/**
 * The document about the licenses of other people's work.
 *
 * @throws Error naming the packages without a license
 */
export function notices({ packages }: Lock): string {
  const all = Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, locked]) => ({ ...locked, name: path.slice(path.lastIndexOf("node_modules/") + 13) }))
    .map((one) => ({ ...one, license: one.license ?? OLD_FORM[one.name] }));
  const unknown = all.filter(({ license }) => !license).map(({ name }) => name);
  if (unknown.length > 0) throw new Error(`Packages without a license: ${unknown.join(", ")}.`);

  const used = all.filter(({ dev }) => !dev);
  const conditional = all.filter(({ license }) => !isPermissive(license!));
  const rows = (list: typeof all, further: (one: (typeof all)[number]) => string[] = () => []) =>
    [...new Set(list.map((one) => [one.name, one.version, one.license, ...further(one)].join(" | ")))]
      .sort()
      .map((row) => `| ${row} |`);
  return [
    "# Third-party notices",
    "",
    "The project's own code has the MIT license (LICENSE). It contains no code of others; `npm ci` fetches their packages,",
    "each with its license text in its folder. `npm run notices` writes this file from `package-lock.json`.",
    "",
    "## Licenses with further conditions",
    "",
    "| package | version | license | used for |",
    "| --- | --- | --- | --- |",
    ...rows(conditional, ({ dev }) => [dev ? "building and testing" : "running"]),
    "",
    "## Programs",
    "",
    "| program | license | source |",
    "| --- | --- | --- |",
    ...PROGRAMS.map((row) => `| ${row.join(" | ")} |`),
    "",
    "## Packages that the project runs with",
    "",
    "| package | version | license |",
    "| --- | --- | --- |",
    ...rows(used),
    "",
  ].join("\n");
}
