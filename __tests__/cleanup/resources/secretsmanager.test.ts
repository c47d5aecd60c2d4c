import { found, handlerOf } from "../../support/handlers";

test("a secret is deleted at once, or its name would stay taken", async () => {
  const { handler, calls } = handlerOf("secretsmanager:secret", { DeleteSecret: () => ({}) });
  await handler.remove(found("secretsmanager:secret", "s"));
  expect(calls).toEqual([["DeleteSecret", { SecretId: "s", ForceDeleteWithoutRecovery: true }]]);
});
