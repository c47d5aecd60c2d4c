import { leftLines } from "../../../../cli/commands/destroy/view";

const GROUP =
  "arn:aws:logs:us-east-1:123456789012:log-group:/aws/ecs/containerinsights/automock-demo/performance";
const BUCKET = "arn:aws:s3:::automock-demo-config";
const BY_HAND = "They are not in the state. Find out who created them, or delete them by hand.";
const AGAIN = [
  "AWS creates a log group again for data that arrives late. The next deployment fails while it exists. Delete it:",
  "  aws logs delete-log-group --region us-east-1 --log-group-name /aws/ecs/containerinsights/automock-demo/performance",
];

it.each([
  [[GROUP], ["1 resource still exists with its tags or names:", `  ${GROUP}`, ...AGAIN]],
  [[BUCKET], ["1 resource still exists with its tags or names:", `  ${BUCKET}`, BY_HAND]],
  [
    [GROUP, BUCKET],
    ["2 resources still exist with its tags or names:", `  ${GROUP}`, `  ${BUCKET}`, BY_HAND, ...AGAIN],
  ],
])("%j is named with what to do", (left, lines) => expect(leftLines(left, "us-east-1")).toEqual(lines));
