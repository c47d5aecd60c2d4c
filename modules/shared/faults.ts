/**
 * Fails synth with all faults of one input.
 *
 * @param subject prefix of each message, for example `deployment`
 * @throws Error if there are faults
 */
export function refuseFaults(subject: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.map((fault) => `${subject}: ${fault}`).join("\n"));
}

/** Checks that a value is a whole number between two bounds. */
export function wholeNumberFaults(name: string, value: number, from: number, to: number): readonly string[] {
  return Number.isInteger(value) && value >= from && value <= to
    ? []
    : [`${name} is ${value}; write a whole number from ${from} to ${to}`];
}
