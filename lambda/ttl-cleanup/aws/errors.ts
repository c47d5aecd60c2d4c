/** Name of an AWS error, as the SDK gives it; `Error` for anything else that was thrown. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return "Error";
  const { name, Code } = error as Error & { Code?: unknown };
  return name === "Error" && typeof Code === "string" ? Code : name;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `${errorName(error)}: ${error.message}` : String(error);
}

/** Says that what was asked for is not there. */
const NOT_FOUND =
  /NotFound|^NoSuch(?!HostedZone$)|NonExistent|DoesNotExist|^ResourceNotFoundException$|^ServiceNotActiveException$/;

/**
 * Whether AWS says that the thing asked for does not exist. ECS calls an unknown task definition a
 * `ClientException`, App Auto Scaling an unknown target an `ObjectNotFoundException`.
 */
export function isNotFound(error: unknown): boolean {
  return NOT_FOUND.test(errorName(error));
}

export function isDenied(error: unknown): boolean {
  return /^(AccessDenied|Unauthorized|AuthorizationError|NotAuthorized|Forbidden)/.test(errorName(error));
}

/** The answer, or `undefined` when AWS says there is no such thing. */
export async function unlessNotFound<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** An answer of 200 that says that a part of the request failed: as if AWS had answered with that error. */
export class PartialFailure extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
