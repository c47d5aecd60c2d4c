import { discovery } from "../../../../lambda/ttl-cleanup/aws/discovery";
import { awsError, fakeClients } from "../../../support/fake-clients";
import { recordOf } from "../../../support/reaper-values";

const clients = (answers = {}) =>
  fakeClients({
    GetResources: () => ({ ResourceTagMappingList: [] }),
    DescribeVpcs: () => ({ Vpcs: [] }),
    ...answers,
  });

test("a state that cannot be read is unreadable, not empty, and says why", async () => {
  const scan = await discovery(clients(), async () => {
    throw awsError("AccessDenied");
  }).scan(recordOf());
  expect(scan.state).toBe("unreadable");
  expect(scan.errors).toEqual([expect.stringMatching(/^reading the Terraform state: AccessDenied/)]);
});

test("a tag index and VPCs that cannot be read are errors, not empty listings", async () => {
  const denied = () => {
    throw awsError("AccessDenied");
  };
  const read = clients({ GetResources: denied, DescribeVpcs: denied });
  const { errors } = await discovery(read, async () => ({ state: [] })).scan(recordOf({ vpcId: "vpc-1" }));
  expect(errors).toEqual([
    expect.stringMatching(/^reading the tag index: AccessDenied/),
    expect.stringMatching(/^describing VPCs: AccessDenied/),
  ]);
});
