import type { Environment } from "./fields";

/**
 * The systems of this project. To add one, add a row here, its section in `fields.ts`, and its stack in
 * `stacks/systems.ts`.
 */
export const SYSTEMS = [
  { id: "automock", section: "automock" },
  { id: "task-api", section: "taskApi" },
  { id: "admin", section: "admin" },
] as const;

/** Those that run tasks behind a load balancer in a network of their own. */
export const SERVICES = SYSTEMS.filter(isService);

function isService(system: System): system is Service {
  return system.section !== "admin";
}

type System = (typeof SYSTEMS)[number];
type Service = Exclude<System, { readonly section: "admin" }>;

/** The prefix of a system's stack ids and resource names, and the value of its tag. */
export type SystemId = System["id"];

/** Key of a system's values in an environment. */
export type Section = System["section"];

/** Id of a service; a box is none. */
export type ServiceId = Service["id"];

/** Key of a service's values in an environment. */
export type ServiceSection = Service["section"];

/** Values of one system in an environment; by default of any service. */
export type SectionValues<S extends Section = ServiceSection> = NonNullable<Environment[S]>;

/** Id of a system's stack in an environment, for example `automock-staging`. */
export function stackId(system: SystemId, environment: string): string {
  return `${system}-${environment}`;
}

/** The system and environment name in a stack id, or `undefined` if it has no system's prefix. */
export function parseStackId(id: string): { system: SystemId; environment: string } | undefined {
  const system = SYSTEMS.find((one) => id.startsWith(`${one.id}-`));
  return system && { system: system.id, environment: id.slice(system.id.length + 1) };
}

/** A system of an environment, with its values. */
export type SystemOf = System & { readonly values: SectionValues<Section> };

/** A service of an environment, with its values. */
export type ServiceOf = Service & { readonly values: SectionValues };

/** The systems of an environment, in the order of the table. */
export function systemsOf(environment: Partial<Pick<Environment, Section>>): readonly SystemOf[] {
  return SYSTEMS.flatMap((system) => {
    const values = environment[system.section];
    return values ? [{ ...system, values }] : [];
  });
}

/** The services of an environment, in the order of the table. */
export function servicesOf(environment: Partial<Pick<Environment, ServiceSection>>): readonly ServiceOf[] {
  return SERVICES.flatMap((system) => {
    const values = environment[system.section];
    return values ? [{ ...system, values }] : [];
  });
}

/**
 * The values of one system.
 *
 * @throws Error if the environment does not have the system
 */
export function sectionOf<S extends Section>(environment: Environment, section: S): SectionValues<S> {
  const values = environment[section];
  if (!values) throw new Error(`The environment ${environment.name} has no ${section}.`);
  return values;
}
