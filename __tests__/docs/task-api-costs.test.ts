import { taskApiCosts } from "../../operations/costs/costs-document";
import { documentedStacks } from "../support/costs";
import { prodEnvironment, stagingEnvironment } from "../support/environments";
import { read, tableUnder } from "../support/markdown";

// `__tests__/docs/costs.test.ts` compares the document with the stacks of every permanent environment.
it("docs/task-api.md says what a month costs, as worked out by hand", () => {
  const document = taskApiCosts(
    read("docs/task-api.md"),
    documentedStacks([prodEnvironment, stagingEnvironment]),
  );
  expect(tableUnder(document, "Costs")).toEqual([
    ["", "prod, 5 tasks, per month", "staging, 1 task in office hours, per month"],
    // 730 × 5 × 0.0123425; 730 × 0.0123425 × 60 of 168 hours
    ["Fargate tasks", "$45.05", "$3.22"],
    // 730 × 2 × 0.036; 730 × 0.018
    ["Database instance", "$52.56", "$13.14"],
    // 2 × 100 × 0.115; 20 × 0.115
    ["Database storage", "$23.00", "$2.30"],
    ["NAT gateways", "$65.70", "$32.85"],
    ["Load balancer", "$16.43", "$16.43"],
    // $5 for the web ACL, $1 for its rule
    ["Web application firewall", "$6.00", ""],
    ["Public IPv4 addresses", "$14.60", "$10.95"],
    ["Dashboard", "$3.00", "$3.00"],
    ["Alarms", "$1.60", "$1.50"],
    ["Keys and secrets", "$3.40", "$3.40"],
    ["**Total**", "**$231.34**", "**$86.78**"],
  ]);
});
