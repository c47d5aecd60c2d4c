import { readPlan } from "../../../operations/terraform/plan-json";
import { UserError } from "../../../contract/user-error";

const EXPECTED = 'Expected is what "terraform show -json <plan file>" prints.';

it.each([
  ["nothing", "", `This is not a plan in JSON but nothing. ${EXPECTED}`],
  ["the binary plan", "PK\u0003\u0004…", `This is not a plan in JSON but a binary plan file. ${EXPECTED}`],
  ["text", "Terraform will perform", `This is not a plan in JSON but text that is no JSON. ${EXPECTED}`],
  ["a list", "[]", `This is not a plan in JSON but JSON that is a list. ${EXPECTED}`],
  ["a number", "1", `This is not a plan in JSON but JSON that is a number. ${EXPECTED}`],
  ["any object", "{}", `This is not a plan in JSON but a JSON object without format_version. ${EXPECTED}`],
  [
    "a state",
    '{"format_version":"1.0","values":{}}',
    "This is not a plan in JSON but a state or a configuration: it has neither resource_changes nor planned_values. " +
      EXPECTED,
  ],
  [
    "another version",
    '{"format_version":"2.0","resource_changes":[]}',
    'The plan has format_version "2.0". This command reads 1.x (Terraform 1.1 and newer). ' +
      "Make the plan with a Terraform that writes 1.x.",
  ],
])("refuses %s", (_, text, message) => {
  expect(() => readPlan(text)).toThrow(new UserError(message));
});

it.each(["1.0", "1.2", "1.17"])("reads format_version %s", (version) => {
  const plan = { format_version: version, planned_values: {}, errored: true };
  expect(readPlan(JSON.stringify(plan))).toEqual(plan);
});

it("members that are null are read as missing, but for the values of a change", () => {
  const plan = readPlan(
    JSON.stringify({
      format_version: "1.2",
      resource_changes: [
        {
          address: "aws_x.a",
          mode: "managed",
          type: "aws_x",
          name: "a",
          previous_address: null,
          deposed: null,
          action_reason: null,
          change: {
            actions: ["update"],
            before: { a: 1 },
            after: { a: null },
            after_unknown: null,
            importing: null,
          },
        },
      ],
      output_changes: null,
      resource_drift: null,
      prior_state: null,
      variables: null,
    }),
  );
  expect(plan).toEqual({
    format_version: "1.2",
    resource_changes: [
      {
        address: "aws_x.a",
        mode: "managed",
        type: "aws_x",
        name: "a",
        change: { actions: ["update"], before: { a: 1 }, after: { a: null } },
      },
    ],
  });
});
