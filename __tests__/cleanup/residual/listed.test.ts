import { isListed } from "../../../cleanup/residual";
import { RESOURCE_TYPES } from "../../../cleanup/resources/resource-types";
import { serviceOf } from "../../../cleanup/resources/resource-type";

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:111122223333:${resource}`;

it("every type with a handler is listed in full", () => {
  const arns = RESOURCE_TYPES.flatMap((one) =>
    [...one.arns, ...(one.arnParts ?? [])].map((start) => arn(serviceOf(one), `${start}x`)),
  );
  expect(arns.length).toBeGreaterThan(35);
  expect(arns.filter((one) => !isListed(one))).toEqual([]);
});

it.each([
  arn("apigateway", "/domainnames/example.com"),
  arn("ecs", "capacity-provider/x"),
  arn("ecs", "container-instance/c/x"),
  arn("lambda", "layer:x"),
  arn("rds", "cluster:x"),
  arn("events", "event-bus/x"),
  arn("logs", "delivery:x"),
  arn("ec2", "instance/i-1"),
  arn("ec2", "volume/vol-1"),
  arn("dynamodb", "global-table/x"),
  arn("iam", "instance-profile/x"),
])("no lister knows %s: only its absence from the tag index proves that it is gone", (one) =>
  expect(isListed(one)).toBe(false),
);
