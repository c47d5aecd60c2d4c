/**
 * Stops the synth with every fault of one input at once.
 *
 * @param subject what is at fault, for example `deployment`
 */
export function refuseFaults(subject: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.map((fault) => `${subject}: ${fault}`).join("\n"));
}

/** Fault of a value that must be a whole number between two bounds, as a list of none or one. */
export function wholeNumberFaults(name: string, value: number, from: number, to: number): readonly string[] {
  return Number.isInteger(value) && value >= from && value <= to
    ? []
    : [`${name} is ${value}; write a whole number from ${from} to ${to}`];
}
