import { classify, describeError } from "../../../cleanup/engine/classify";

const error = (name: string, message = "", status = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

describe("classification by name", () => {
  it.each([
    ...[
      "ResourceNotFoundException",
      "InvalidVpcID.NotFound",
      "InvalidAllocationID.NotFound",
      "NatGatewayNotFound",
    ].map((name) => [name, "gone"]),
    ...[
      "DBInstanceNotFound",
      "DBInstanceNotFoundFault",
      "LoadBalancerNotFound",
      "TargetGroupNotFound",
      "NotFound",
    ].map((name) => [name, "gone"]),
    ...[
      "NoSuchEntity",
      "NoSuchEntityException",
      "NoSuchBucket",
      "ServiceNotActiveException",
      "QueueDoesNotExist",
    ].map((name) => [name, "gone"]),
    ...[
      "DependencyViolation",
      "ResourceInUse",
      "ResourceInUseException",
      "DeleteConflict",
      "DeleteConflictException",
    ].map((name) => [name, "blocked"]),
    ...[
      "ClusterContainsServicesException",
      "ClusterContainsTasksException",
      "ClusterContainsCapacityProviderException",
    ].map((name) => [name, "blocked"]),
    ...[
      "UpdateInProgressException",
      "InvalidDBInstanceState",
      "BucketNotEmpty",
      "OperationAborted",
      "IncorrectState",
    ].map((name) => [name, "blocked"]),
    ...["InvalidIPAddress.InUse", "InvalidDBSubnetGroupStateFault", "InvalidDBParameterGroupState"].map(
      (name) => [name, "blocked"],
    ),
    ...[
      "RequestLimitExceeded",
      "Throttling",
      "ThrottlingException",
      "TooManyRequestsException",
      "SlowDown",
    ].map((name) => [name, "throttled"]),
    ...["EC2ThrottledException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException"].map(
      (name) => [name, "throttled"],
    ),
    ...["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"].map(
      (name) => [name, "denied"],
    ),
    ...[
      "InternalError",
      "InternalFailure",
      "InternalServerError",
      "ServiceUnavailable",
      "ServiceException",
    ].map((name) => [name, "transient"]),
    ...[
      "TimeoutError",
      "RequestTimeout",
      "AbortError",
      "ExpiredToken",
      "ExpiredTokenException",
      "ECONNRESET",
    ].map((name) => [name, "transient"]),
    ...[
      "ValidationException",
      "ValidationError",
      "InvalidParameterException",
      "MalformedPolicyDocument",
      "TypeError",
    ].map((name) => [name, "bug"]),
  ])("%s is %s", (name, kind) => expect(classify(error(name)).kind).toBe(kind));
});

describe("classification by message", () => {
  it.each([
    ["InvalidParameterValue", "Network interface is currently in use", "blocked"],
    ["AuthFailure", "Network vpc-1 has some mapped public address(es)", "blocked"],
    ["InvalidParameterException", "The service cannot be stopped while deployments are active", "blocked"],
    ["InvalidParameterException", "resource has a dependent object", "blocked"],
    ["ClientError", "Rate exceeded", "throttled"],
    ["OperationNotPermitted", "Load balancer has deletion protection enabled", "denied"],
    [
      "InvalidParameterCombination",
      "Cannot delete protected DB instance, disable deletion protection",
      "denied",
    ],
    ["Error", "socket hang up", "transient"],
    ["Error", "getaddrinfo EAI_AGAIN ec2.us-east-1.amazonaws.com", "transient"],
    ["InvalidParameterValue", "the value is wrong", "bug"],
  ])("%s: %s is %s", (name, message, kind) => expect(classify(error(name, message)).kind).toBe(kind));

  it("comes after the name: a blocked resource may be told about with any word", () =>
    expect(classify(error("DependencyViolation", "resource sg-1 NotFound protection rate")).kind).toBe(
      "blocked",
    ));
});

it("never decides by the HTTP status but for the server's own faults", () => {
  expect(classify(error("Throttling", "", 400)).kind).toBe("throttled");
  expect(classify(error("Something", "", 404)).kind).toBe("bug");
  expect(classify(error("Something", "", 403)).kind).toBe("bug");
  expect(classify(error("Something", "", 503)).kind).toBe("transient");
});

it("tells IAM's quota from the throttle of the same name", () => {
  expect(classify(error("LimitExceededException"), "iam").kind).toBe("bug");
  expect(classify(error("LimitExceededException"), "acm").kind).toBe("throttled");
});

it("reads errors of any shape", () => {
  expect(classify("boom")).toEqual({ kind: "bug", error: "Error: boom" });
  expect(classify({ Code: "Throttling" })).toEqual({ kind: "throttled", error: "Throttling" });
  expect(classify(Object.assign(new Error("connect"), { code: "ECONNREFUSED" })).kind).toBe("transient");
  expect(classify(undefined).kind).toBe("bug");
});

it("names what refused", () => {
  expect(classify(error("DependencyViolation", "subnet has dependencies"))).toEqual({
    kind: "blocked",
    by: ["DependencyViolation: subnet has dependencies"],
  });
  expect(describeError(error("X", "X"))).toBe("X");
});
