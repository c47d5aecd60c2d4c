/** An error as the SDK throws it: callers see its name, its message and its metadata. */
export class AwsError extends Error {
  public readonly $fault: "client" | "server";
  public readonly $metadata: {
    readonly httpStatusCode: number;
    readonly requestId: string;
    attempts: number;
  };
  public readonly $retryable: { readonly throttling: boolean } | undefined;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.$fault = status >= 500 ? "server" : "client";
    this.$metadata = { httpStatusCode: status, requestId: "simulated", attempts: 1 };
    this.$retryable = isThrottle(name) ? { throttling: true } : undefined;
  }
}

/** The code under test uses a command that nobody simulates: a mistake of the test, not an answer of AWS. */
export class SimulatorGap extends Error {}

const THROTTLES =
  /^(RequestLimitExceeded|Throttling.*|TooManyRequestsException|SlowDown|RequestThrottled.*)$/;

export function isThrottle(name: string): boolean {
  return THROTTLES.test(name);
}

/** How each service says "too fast". */
export function throttleError(service: string): AwsError {
  switch (service) {
    case "EC2":
      return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
    case "S3":
      return new AwsError("SlowDown", "Please reduce your request rate.", 503);
    case "DynamoDB":
      return new AwsError("ThrottlingException", "Rate of requests exceeds the allowed throughput.");
    case "Lambda":
      return new AwsError("TooManyRequestsException", "Rate exceeded", 429);
    case "ECS":
    case "Application Auto Scaling":
    case "Scheduler":
      return new AwsError("ThrottlingException", "Rate exceeded");
    default:
      return new AwsError("Throttling", "Rate exceeded");
  }
}

/** Message after the name of what is missing, in EC2's manner: `Invalid<What>ID.NotFound`. */
export function ec2NotFound(what: string, label: string, id: string): AwsError {
  return new AwsError(`Invalid${what}.NotFound`, `The ${label} '${id}' does not exist`);
}

export function dependencyViolation(label: string, id: string): AwsError {
  return new AwsError("DependencyViolation", `The ${label} '${id}' has dependencies and cannot be deleted.`);
}

export function accessDenied(service: string, who: string, action: string, resource: string): AwsError {
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource}`;
  if (service === "EC2") return new AwsError("UnauthorizedOperation", message, 403);
  if (["S3", "IAM", "SNS", "STS", "Route 53", "CloudWatch", "RDS"].includes(service)) {
    return new AwsError("AccessDenied", message, 403);
  }
  return new AwsError("AccessDeniedException", message, 403);
}
