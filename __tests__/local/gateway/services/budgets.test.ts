import { budgets } from "../../../../local/gateway/services/budgets";
import { bodyOf, call, json, motoThat } from "../wire";

const notification = {
  NotificationType: "ACTUAL",
  ComparisonOperator: "GREATER_THAN",
  Threshold: 80,
  ThresholdType: "PERCENTAGE",
};
const created = {
  AccountId: "123456789012",
  BudgetName: "admin-staging",
  Notification: notification,
  Subscribers: [{ SubscriptionType: "EMAIL", Address: "a@example.com" }],
};

it("a changed budget keeps its notifications and their subscribers", async () => {
  const { forward, asked } = motoThat(() => ({}));
  const patch = budgets();
  await patch(call(json("budgets", "CreateNotification", created)), forward);
  const NewBudget = { BudgetName: "admin-staging", BudgetLimit: { Amount: "5.0", Unit: "USD" } };
  const { status } = await patch(
    call(json("budgets", "UpdateBudget", { AccountId: "123456789012", NewBudget })),
    forward,
  );
  expect(status).toBe(200);
  expect(asked.map(({ operation }) => operation)).toEqual([
    "CreateNotification",
    "DeleteBudget",
    "CreateBudget",
    "CreateNotification",
  ]);
  const ask = { ...created, Notification: { ...notification, Threshold: 80.0 } };
  const answer = await patch(call(json("budgets", "DescribeSubscribersForNotification", ask)), forward);
  expect(bodyOf(answer)).toEqual({ Subscribers: created.Subscribers });
});
