import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import type { Container } from "./container";

/** Lets a task write to the existing log groups of its containers. It cannot create log groups. */
export function writeLogsStatement(
  names: Names,
  containers: readonly Pick<Container, "name">[],
): PolicyStatement {
  return {
    sid: "WriteLogs",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: containers.map(({ name }) => names.arn("logs", `log-group:${names.logGroup(name)}:*`)),
  };
}
