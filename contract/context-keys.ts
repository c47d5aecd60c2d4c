/**
 * Key of cdktf's context: synthesizes without the ephemeral environments whose files have faults, so that a broken file
 * does not stop the removal of another environment.
 */
export const LEAVE_OUT_FAULTY = "leaveOutFaultyEnvironments";

/** Key of cdktf's context: a list with the names of the only stacks to synthesize. */
export const ONLY_STACKS = "onlyStacks";
