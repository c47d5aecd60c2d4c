import type { Environment } from "./fields";

/**
 * The systems of this project. A further one is a row here, its section in `fields.ts`, and its stack in
 * `stacks/systems.ts`.
 */
export const SYSTEMS = [
  { id: "automock", section: "automock" },
  { id: "task-api", section: "taskApi" },
] as const;

type System = (typeof SYSTEMS)[number];

/** The start of a system's stack ids and resource names, and the value of its tag. */
export type SystemId = System["id"];

/** Key of an environment that holds the values of a system. */
export type Section = System["section"];

/** Values of one system in an environment. */
export type SectionValues<S extends Section = Section> = NonNullable<Environment[S]>;

/** Id of a system's stack in an environment, as cdktf and Terraform's state know it: `automock-staging`. */
export function stackId(system: SystemId, environment: string): string {
  return `${system}-${environment}`;
}

/** The system and the name of the environment in a stack id, or `undefined` when no system's ids start like it. */
export function parseStackId(id: string): { system: SystemId; environment: string } | undefined {
  const system = SYSTEMS.find((one) => id.startsWith(`${one.id}-`));
  return system && { system: system.id, environment: id.slice(system.id.length + 1) };
}

/** A system that an environment has, with its values. */
export type SystemOf = System & { readonly values: SectionValues };

/** The systems that an environment has, in the order of the table. */
export function systemsOf(environment: Partial<Pick<Environment, Section>>): readonly SystemOf[] {
  return SYSTEMS.flatMap((system) => {
    const values = environment[system.section];
    return values ? [{ ...system, values }] : [];
  });
}

/**
 * The values of one system.
 *
 * @throws Error when the environment does not have the system; `systemsOf` tells which it has
 */
export function sectionOf<S extends Section>(environment: Environment, section: S): SectionValues<S> {
  const values = environment[section];
  if (!values) throw new Error(`The environment ${environment.name} has no ${section}.`);
  return values;
}
