import { leftToOthers } from "../../../operations/review/left-to-others";

const synthesized = {
  resource: {
    aws_s3_object: {
      mocks: { key: "mocks.json", content: "[]", lifecycle: { ignore_changes: ["content", "metadata"] } },
    },
    aws_ecs_service: { web: { name: "x", lifecycle: { ignore_changes: ["desired_count"] } } },
    aws_lb: {
      all: { name: "x", lifecycle: { ignore_changes: "all" } },
      none: { name: "x", lifecycle: { prevent_destroy: true } },
    },
    aws_vpc: { ours: { cidr_block: "10.0.0.0/16" } },
  },
};
const isLeft = leftToOthers(synthesized);

it.each([
  ["aws_s3_object.mocks", "content", true],
  ["aws_s3_object.mocks", "metadata", true],
  ["aws_s3_object.mocks", "etag", true],
  ["aws_s3_object.mocks[0]", "etag", true],
  ["aws_s3_object.mocks", "key", false],
  ["aws_s3_object.mocks", "acl", false],
  ["aws_ecs_service.web", "desired_count", true],
  ["aws_ecs_service.web", "enable_execute_command", false],
  ["aws_ecs_service.web", "network_configuration", false],
  ["aws_lb.all", "name", true],
  ["aws_lb.none", "name", false],
  ["aws_lb.none", "idle_timeout", false],
  ["aws_vpc.ours", "cidr_block", false],
  ["aws_vpc.ours", "enable_dns_support", false],
  ["aws_vpc.gone", "cidr_block", false],
])("%s: %s is left to others: %s", (address, attribute, expected) => {
  expect(isLeft(address, attribute)).toBe(expected);
});

it("nothing is left to others without a synthesized stack", () => {
  expect(leftToOthers(undefined)("aws_vpc.ours", "cidr_block")).toBe(false);
});
