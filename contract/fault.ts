/** An error in the user's input, and how to fix it. */
export interface Fault {
  /** File and field, option, or resource address. */
  readonly where: string;
  /** The value, or `nothing`. */
  readonly given: string;
  readonly allowed: string;
  readonly fix: string;
}

/**
 * A fault as four lines of text.
 *
 * @param label label of `allowed`; a warning explains what the given value `means` instead
 */
export function formatFault(
  { where, given, allowed, fix }: Fault,
  label: "allowed" | "means" = "allowed",
): string {
  return [where, `  given:   ${given}`, `  ${`${label}:`.padEnd(8)} ${allowed}`, `  fix:     ${fix}`].join(
    "\n",
  );
}

/** Faults as text, separated by empty lines. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map((fault) => formatFault(fault)).join("\n\n");
}
