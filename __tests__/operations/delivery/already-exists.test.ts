import { explainAlreadyExists } from "../../../operations/delivery/already-exists";

const GROUP = "/aws/ecs/containerinsights/automock-demo/performance";

/** As hashicorp/aws 5.100.0 words them. */
const group = `Error: creating CloudWatch Logs Log Group (${GROUP}): operation error CloudWatch Logs: CreateLogGroup, https response error StatusCode: 400, RequestID: 1, ResourceAlreadyExistsException: The specified log group already exists`;
const record =
  "Error: creating Route53 Record: operation error Route 53: ChangeResourceRecordSets, https response error StatusCode: 400, RequestID: 1, InvalidChangeBatch: [Tried to create resource record set [name='_abc.mocks.example.com.', type='CNAME'] but it already exists]";

it("a log group that AWS has created again is named, with the command that deletes it", () =>
  expect(explainAlreadyExists(`${group}\n\n${group}`, "us-east-1")).toBe(
    `The log group ${GROUP} is left from an earlier life of this environment. If you do not need its logs, delete it:\n` +
      `  aws logs delete-log-group --region us-east-1 --log-group-name ${GROUP}`,
  ));

it("the validation record of another certificate is named", () =>
  expect(explainAlreadyExists(record, "us-east-1")).toBe(
    "The record _abc.mocks.example.com proves another certificate for the same domain, which is not renewed without it. " +
      "Use another domain, or, if no other certificate of the account has this domain, delete the record.",
  ));

it("explains both, and nothing else", () => {
  expect(explainAlreadyExists(`${group}\n${record}`, "us-east-1")!.split("\n")).toHaveLength(3);
  expect(
    explainAlreadyExists("Error: creating IAM Role (x): EntityAlreadyExists", "us-east-1"),
  ).toBeUndefined();
});
