/** Something that is wrong with what was given, said so that it can be fixed without reading the code. */
export interface Fault {
  /** What is at fault: a file and the field in it, an option, the address of a resource. */
  readonly where: string;
  /** What was given, or `nothing`. */
  readonly given: string;
  /** What is allowed there. */
  readonly allowed: string;
  /** What to do. */
  readonly fix: string;
}

/**
 * A fault as four lines of text.
 *
 * @param label what `allowed` says: what is allowed there, or for a warning what the given value `means`
 */
export function formatFault(
  { where, given, allowed, fix }: Fault,
  label: "allowed" | "means" = "allowed",
): string {
  return [where, `  given:   ${given}`, `  ${`${label}:`.padEnd(8)} ${allowed}`, `  fix:     ${fix}`].join(
    "\n",
  );
}

/** Faults as text, with an empty line between them. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map((fault) => formatFault(fault)).join("\n\n");
}
