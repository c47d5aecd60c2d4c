/** An error that the user can fix. The message states what was given, what is allowed and the fix; it is shown without a stack trace. */
export class UserError extends Error {}
