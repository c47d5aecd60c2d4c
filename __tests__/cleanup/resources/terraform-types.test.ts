import { handledBy } from "../../../cleanup/resources/terraform-types";

test.each([
  ["aws_nat_gateway", {}, { type: "ec2:nat-gateway" }],
  ["aws_sqs_queue_policy", {}, "part"],
  ["terraform_data", {}, "part"],
  [
    "aws_appautoscaling_target",
    { service_namespace: "ecs" },
    { type: "application-autoscaling:scalable-target" },
  ],
  ["aws_appautoscaling_target", { service_namespace: "rds" }, "unsupported"],
  ["aws_appautoscaling_policy", {}, "unsupported"],
  ["aws_redshift_cluster", {}, "unsupported"],
])("%s with %j: %j", (type, attributes, expected) => expect(handledBy(type, attributes)).toEqual(expected));
