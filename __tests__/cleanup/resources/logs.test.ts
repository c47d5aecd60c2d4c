import { env, handlerOf, TAGS } from "../../support/handlers";

test("log groups of another environment whose name starts alike are not listed", async () => {
  const { list } = handlerOf("logs:log-group", {
    DescribeLogGroups: ({ logGroupNamePrefix: p }: { logGroupNamePrefix: string }) => ({
      logGroups: ["/automock-pr-1/a", "/automock-pr-1-a/a", "/x", "/x-y"]
        .filter((name) => name.startsWith(p))
        .map((logGroupName) => ({ logGroupName, arn: `arn:${logGroupName}:*` })),
    }),
    ListTagsForResource: () => ({ tags: TAGS }),
  });
  expect((await list(env({ "logs:log-group": ["/x"] }))).map(({ id }) => id)).toEqual([
    "/automock-pr-1/a",
    "/x",
  ]);
});
