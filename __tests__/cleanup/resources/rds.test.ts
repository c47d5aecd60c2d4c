import { found, handlerOf } from "../../support/handlers";

test.each([
  ["true", 1],
  ["false", 0],
])("RDS: protection is taken away only from what is tagged as ephemeral (%s)", async (ephemeral, times) => {
  const { handler, calls } = handlerOf("rds:db-instance", {
    DescribeDBInstances: () => ({ DBInstances: [{ DeletionProtection: true }] }),
    ModifyDBInstance: () => ({}),
  });
  await handler.prepare!(found("rds:db-instance", "d", { tags: { "automock:ephemeral": ephemeral } }));
  expect(calls.filter(([name]) => name === "ModifyDBInstance")).toHaveLength(times);
});
