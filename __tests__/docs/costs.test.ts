import {
  costsDocument,
  readmeCosts,
  taskApiCosts,
  type DocumentedStacks,
} from "../../operations/costs/costs-document";
import { PRICE_BOOK } from "../../contract/prices";
import { documentedStacks } from "../support/costs";
import { permanentEnvironments, prodEnvironment, stagingEnvironment } from "../support/environments";
import { read, tableUnder } from "../support/markdown";

/** The cost tables are computed from the synthesized stacks: a NAT gateway more turns them red. */

const written = documentedStacks(permanentEnvironments);
const stacks = documentedStacks([prodEnvironment, stagingEnvironment]);

describe("cost-table-golden: as `npm run costs` writes them", () => {
  it("docs/costs.md", () => expect(read("docs/costs.md")).toBe(costsDocument(written)));

  it("README.md", () => {
    const readme = read("README.md");
    expect(readme).toBe(readmeCosts(readme, written));
  });

  it("docs/task-api.md", () => {
    const document = read("docs/task-api.md");
    expect(document).toBe(taskApiCosts(document, written));
  });
});

describe("the figures, worked out by hand", () => {
  const costs = costsDocument(stacks);
  const totals = tableUnder(costs, "Fixed costs").at(-1);

  it("the totals", () =>
    expect(totals).toEqual(["**Total**", "**$232.63**", "**$75.47**", "**$2.67**", "**$0.83**"]));

  it("four hours of an admin box on demand cost $0.107", () =>
    expect(tableUnder(costs, "Admin boxes").find(([type]) => type === "`t3.small`")).toEqual([
      "`t3.small`",
      "$0.0267",
      "$0.1067",
    ]));

  it("a small task costs a little more than a cent an hour, and each next size twice as much", () =>
    expect(tableUnder(costs, "A task by its size").map(([size, , , x86]) => [size, x86])).toEqual([
      ["size", "per hour, x86"],
      ["`small`", "$0.0123"],
      ["`medium`", "$0.0247"],
      ["`large`", "$0.0494"],
      ["`xlarge`", "$0.0987"],
    ]));

  it("a spike to 200 tasks costs 190 tasks", () =>
    // 190 × (0.0123425 + 120 × 0.0000004) an hour
    expect(tableUnder(costs, "Load spikes")[1]).toEqual([
      "`automock-prod`",
      "10 to 200",
      "$0.3187",
      "$2.6729",
      "$2.3542",
      "$0.0124",
    ]));

  it("an ephemeral environment for four hours, at rest and at its largest", () =>
    expect(tableUnder(costs, "Ephemeral environments")[2]).toEqual(["4 hours", "$0.39", "$1.33"]));
});

it("every price of the book is in the table, also one that no stack has now, with where it was read", () => {
  const rows = tableUnder(costsDocument(stacks), "Prices");
  expect(rows).toHaveLength(1 + Object.keys(PRICE_BOOK.prices).length);
  expect(rows).toContainEqual([
    "Fargate, Linux on arm64, vCPU",
    "$0.03238 per vCPU-hour",
    "<https://aws.amazon.com/fargate/pricing/>",
    "<https://www.vantage.sh/blog/fargate-pricing>",
    "2026-11-21",
    "Secondary.",
  ]);
});

/** The stacks with a resource more in one of them. */
function withResource(
  stack: string,
  type: string,
  values: Readonly<Record<string, unknown>>,
): DocumentedStacks {
  const { resource = {}, ...rest } = stacks[stack]!;
  const more = { ...resource, [type]: { ...resource[type], another: values } };
  return { ...stacks, [stack]: { ...rest, resource: more } };
}

it("a NAT gateway more changes every total it is in", () => {
  const more = costsDocument(withResource("automock-prod", "aws_nat_gateway", {}));
  const [before, after] = [costsDocument(stacks), more].map((text) => tableUnder(text, "Fixed costs").at(-1));
  expect(before![1]).toBe("**$232.63**");
  // 32.85 a month, 0.045 an hour; the other two columns are other stacks.
  expect(after).toEqual(["**Total**", "**$265.48**", before![2], "**$2.72**", before![4]]);
});

it("no table leaves out what has no price, or no row", () => {
  expect(() => costsDocument(withResource("automock-prod", "aws_redshift_cluster", {}))).toThrow(
    "aws_redshift_cluster.another has no price: the calculator does not know aws_redshift_cluster",
  );
  const disk = { type: "gp3", size: 8 };
  expect(() => costsDocument(withResource("automock-prod", "aws_ebs_volume", disk))).toThrow(
    "no table row covers EBS gp3 of aws_ebs_volume.another",
  );
});

it("a document without the marks is refused", () =>
  expect(() => readmeCosts("# Costs\n", stacks)).toThrow(
    'README.md must contain "<!-- npm run costs: begin -->" followed by "<!-- npm run costs: end -->".',
  ));

it("a further permanent environment gets its columns and rows", () => {
  const qa = { ...stagingEnvironment, name: "qa", automock: undefined };
  const costs = costsDocument(documentedStacks([prodEnvironment, qa, stagingEnvironment]));
  expect(tableUnder(costs, "Load spikes").map(([stack]) => stack)).toEqual([
    "stack",
    "`automock-prod`",
    "`automock-staging`",
    "`task-api-prod`",
    "`task-api-qa`",
    "`task-api-staging`",
  ]);
});
