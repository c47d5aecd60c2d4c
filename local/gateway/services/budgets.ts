import { isSuccess, jsonAnswer, jsonOf, type JsonObject, type ServicePatch } from "../call";

/** Subscribers of budget notifications and tags of budgets, which Terraform reads and moto does not know. */
export function budgets(): ServicePatch {
  const subscribers = new Map<string, unknown[]>();
  const tags = new Map<string, unknown[]>();
  return async (call, forward) => {
    const input = jsonOf(call);
    switch (call.operation) {
      case "DescribeSubscribersForNotification":
        return jsonAnswer({ Subscribers: subscribers.get(keyOf(input)) ?? [] });
      case "ListTagsForResource":
        return jsonAnswer({ ResourceTags: tags.get(nameOf(input)) ?? [] });
      default: {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        if (call.operation === "CreateBudget") {
          const { BudgetName } = (input.Budget ?? {}) as JsonObject;
          tags.set(String(BudgetName), (input.ResourceTags ?? []) as unknown[]);
        }
        if (call.operation === "CreateNotification") {
          subscribers.set(keyOf(input), (input.Subscribers ?? []) as unknown[]);
        }
        return answer;
      }
    }
  };
}

/** Numbers come as 80 or 80.0, depending on who writes them. */
function keyOf({ BudgetName, Notification }: JsonObject): string {
  const { NotificationType, ComparisonOperator, Threshold } = (Notification ?? {}) as JsonObject;
  return JSON.stringify([BudgetName, NotificationType, ComparisonOperator, Number(Threshold)]);
}

function nameOf({ ResourceARN }: JsonObject): string {
  return String(ResourceARN).split("budget/")[1] ?? "";
}
