import { App, Aspects, TerraformResource, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Rules } from "../../stacks/rules";
import { suppress } from "../../stacks/rules/suppress";

const SUPPRESSION = { rule: "retention", reason: "An audit keeps them.", expires: "2027-01-31" } as const;
const FINDING = /aws_cloudwatch_log_group\.\w+: The log group keeps logs forever: set retentionInDays\./;

/** What synth notes at a log group without a retention, inside of a construct. */
function notes(work: (parts: { stack: TerraformStack; part: Construct; group: Construct }) => void) {
  const stack = new TerraformStack(new App(), "s");
  const part = new Construct(stack, "part");
  const group = new TerraformResource(part, "group", { terraformResourceType: "aws_cloudwatch_log_group" });
  work({ stack, part, group });
  Aspects.of(stack).add(new Rules());
  new Rules().visit(stack);
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type.startsWith("@cdktf/"))
        .map(({ type, data }) => [node.path, type, data as string]),
    );
}

it("without one the finding is an error", () =>
  expect(notes(() => undefined)).toEqual([["s/part/group", "@cdktf/error", expect.stringMatching(FINDING)]]));

it.each(["stack", "part", "group"] as const)(
  "at the %s it makes the finding a note that says why and until when",
  (at) => {
    const found = notes((parts) => suppress(parts[at], SUPPRESSION));
    expect(found).toEqual([["s/part/group", "@cdktf/info", expect.stringMatching(FINDING)]]);
    expect(found[0]![2]).toMatch(
      /^Suppressed until 2027-01-31 \(rule retention\): An audit keeps them\. Finding: /,
    );
  },
);

it("of another rule it leaves the finding, and is itself an error", () =>
  expect(notes(({ group }) => suppress(group, { ...SUPPRESSION, rule: "encryption" }))).toEqual([
    ["s/part/group", "@cdktf/error", expect.stringMatching(FINDING)],
    ["s/part/group", "@cdktf/error", "The suppression of encryption suppresses nothing: remove it."],
  ]));

it("needs a reason and a day", () => {
  expect(() => notes(({ part }) => suppress(part, { ...SUPPRESSION, reason: "" }))).toThrow(
    's/part: suppression of retention: reason is ""; say in a sentence why the finding is accepted.',
  );
});
