import { writeLogsStatement } from "../../../modules/ecs/container-logs";
import { policyDocument } from "../../../modules/shared/policy-document";
import { testNames as names } from "../../support/names";

it("a task can write only to the log groups of its containers", () =>
  expect(writeLogsStatement(names, [{ name: "a" }, { name: "b" }])).toEqual({
    sid: "WriteLogs",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [
      "arn:aws:logs:us-east-1:111122223333:log-group:/automock-test/a:*",
      "arn:aws:logs:us-east-1:111122223333:log-group:/automock-test/b:*",
    ],
  }));

it("a task without containers has no policy", () =>
  expect(() => policyDocument([writeLogsStatement(names, [])])).toThrow(
    'Policy statement "WriteLogs" has no resources',
  ));
