import { ofType, type Rule } from "./rule";

/** Log groups need a retention; the default is to keep logs forever. */
export const retention: Rule = function* (resources) {
  for (const { address, values: group } of ofType(resources, "aws_cloudwatch_log_group")) {
    if (!(Number(group.retention_in_days) > 0)) {
      yield { address, message: "The log group keeps logs forever: set retentionInDays." };
    }
  }
};
