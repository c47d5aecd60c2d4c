import { env, handlerOf, TAG_LIST } from "../../support/handlers";

test("a service-linked role is built in", async () => {
  const { list } = handlerOf("iam:role", {
    ListRoles: () => ({ Roles: [{ RoleName: "automock-pr-1-x", Path: "/aws-service-role/x/" }] }),
    GetRole: () => ({ Role: {} }),
  });
  expect(await list(env())).toMatchObject([{ builtIn: "service-linked role" }]);
});

test("a role tells its region by its trust policy: the same name and tags may be another region's", async () => {
  const trusting = (...regions: string[]) => {
    const sources = regions.map((region) => `arn:aws:ecs:${region}:111122223333:*`);
    const condition = { ArnLike: { "aws:SourceArn": sources } };
    return encodeURIComponent(JSON.stringify({ Statement: [{ Condition: condition }] }));
  };
  const { list } = handlerOf("iam:role", {
    ListRoles: () => ({
      Roles: [
        { RoleName: "automock-pr-1-there", AssumeRolePolicyDocument: trusting("eu-west-1", "eu-west-1") },
        { RoleName: "automock-pr-1-here", AssumeRolePolicyDocument: trusting("us-east-1") },
        { RoleName: "automock-pr-1-both", AssumeRolePolicyDocument: trusting("eu-west-1", "us-east-1") },
        { RoleName: "automock-pr-1-none", AssumeRolePolicyDocument: trusting() },
      ],
    }),
    GetRole: () => ({ Role: { Tags: TAG_LIST } }),
  });
  expect((await list(env())).map(({ region }) => region)).toEqual([
    "eu-west-1",
    "us-east-1",
    undefined,
    undefined,
  ]);
});
