/**
 * Something that the person at the terminal can fix. The message says what was given, what is allowed and what to
 * do; it is shown without a stack trace.
 */
export class UserError extends Error {}
