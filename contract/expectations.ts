/** What the scripts of a task add to the expectations of a stack, and what that leaves for the expectations. */

/** Id of the mock by which a task says which version of the file MockServer has taken. */
export const VERSION_MOCK_ID = "automock-version";

/** A priority of an expectation lies between minus this and this: the tasks turn the file's order into priorities. */
export const MAX_PRIORITY = 20_000;

/** The container that loads the expectations before MockServer starts, and the one that brings later versions. */
export const LOADER_CONTAINER = "expectations-loader";
export const SYNC_CONTAINER = "expectations-sync";
