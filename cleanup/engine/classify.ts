import type { Handler, Outcome } from "./resource";

/** Names of the SDK's throttling errors (smithy's THROTTLING_ERROR_CODES and what services add). */
const THROTTLED = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);

const BLOCKED = new Set([
  "BucketNotEmpty",
  "DBInstanceAlreadyInUse",
  "DeleteConflict",
  "DeleteConflictException",
  "DependencyViolation",
  "IncorrectState",
  "InvalidDBInstanceState",
  "InvalidDBInstanceStateFault",
  "InvalidDBParameterGroupState",
  "InvalidDBParameterGroupStateFault",
  "InvalidDBSubnetGroupStateFault",
  "InvalidIPAddress.InUse",
  "OperationAborted",
  "ResourceInUse",
  "ResourceInUseException",
  "UpdateInProgressException",
]);

const TRANSIENT = new Set([
  "AbortError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InternalError",
  "InternalFailure",
  "InternalServerError",
  "InternalServerException",
  "InternalServiceError",
  "RequestExpired",
  "RequestTimeout",
  "ServerException",
  "ServiceException",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "TimeoutError",
  "Unavailable",
]);

const GONE = new Set([
  "AWS.SimpleQueueService.NonExistentQueue",
  "QueueDoesNotExist",
  "ServiceNotActiveException",
]);

const DENIED = new Set(["AuthorizationError", "AuthorizationErrorException", "UnauthorizedOperation"]);

const SOCKET =
  /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH)|socket hang up|getaddrinfo|network timeout/i;
const IN_USE =
  /currently in use|is in use|has dependencies|mapped public address|cannot be stopped while|dependent object/i;
const RATE = /rate exceeded|too many requests|request rate/i;
const PROTECTION = /protection/i;

interface Seen {
  readonly name: string;
  readonly message: string;
  readonly status?: number;
}

function see(error: unknown): Seen {
  if (typeof error !== "object" || error === null) return { name: "Error", message: String(error) };
  const { name, Code, code, message, $metadata } = error as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const status = ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return {
    // A plain Error has its cause in `code`; EC2 has the error's name in `Code` or `name`.
    name: (text(name) === "Error" ? undefined : text(name)) ?? text(Code) ?? text(code) ?? "Error",
    message: `${text(message) ?? ""}${text(code) ? ` ${text(code)}` : ""}`,
    status: typeof status === "number" ? status : undefined,
  };
}

/** `Name: message`, for reports. */
export function describeError(error: unknown): string {
  const { name, message } = see(error);
  return message.trim() === "" || message === name ? name : `${name}: ${message.trim()}`;
}

/**
 * What an AWS error means. The name decides, then the message. The HTTP status only distinguishes server from client
 * errors, because throttling often has status 400. `service` matters in one case: IAM's
 * `LimitExceededException` is a quota, the others' is a throttle.
 */
export function classify(error: unknown, service?: string): Outcome {
  const { name, message, status } = see(error);
  const said = describeError(error);
  if (name === "LimitExceededException" && service === "iam") return { kind: "bug", error: said };
  if (THROTTLED.has(name) || RATE.test(message)) return { kind: "throttled", error: said };
  // Before "not found": `ResourceInUse` and `DependencyViolation` messages name resources of all kinds.
  if (BLOCKED.has(name) || name.startsWith("ClusterContains")) return { kind: "blocked", by: [said] };
  if (GONE.has(name) || /NotFound|^NoSuch/.test(name)) return { kind: "gone" };
  if (name.startsWith("AccessDenied") || DENIED.has(name)) return { kind: "denied", error: said };
  if (TRANSIENT.has(name) || SOCKET.test(name) || SOCKET.test(message))
    return { kind: "transient", error: said };
  if (IN_USE.test(message)) return { kind: "blocked", by: [said] };
  if (PROTECTION.test(message)) return { kind: "denied", error: said };
  if (status !== undefined && status >= 500) return { kind: "transient", error: said };
  return { kind: "bug", error: said };
}

/** What an error of a handler's call means. */
export function classifyFor(handler: Handler, error: unknown): Outcome {
  return handler.classify?.(error) ?? classify(error, handler.type.split(":")[0]);
}
