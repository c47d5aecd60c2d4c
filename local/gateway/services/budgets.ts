import {
  isSuccess,
  jsonAnswer,
  jsonOf,
  withRequestBody,
  type Answer,
  type Call,
  type Forward,
  type JsonObject,
  type ServicePatch,
} from "../call";

/**
 * Changes of budgets, subscribers of their notifications and their tags, which Terraform needs and moto does not know.
 */
export function budgets(): ServicePatch {
  const subscribers = new Map<string, unknown[]>();
  const tags = new Map<string, unknown[]>();
  /** Notifications as they were created, by budget. */
  const notifications = new Map<string, JsonObject[]>();

  /** moto only creates and deletes. */
  async function update(call: Call, forward: Forward, { AccountId, NewBudget }: JsonObject): Promise<Answer> {
    const { BudgetName } = NewBudget as JsonObject;
    await forward(renamed(call, "DeleteBudget", { AccountId, BudgetName }));
    const answer = await forward(renamed(call, "CreateBudget", { AccountId, Budget: NewBudget }));
    for (const each of notifications.get(String(BudgetName)) ?? []) {
      await forward(renamed(call, "CreateNotification", each));
    }
    return answer;
  }

  return async (call, forward) => {
    const input = jsonOf(call);
    switch (call.operation) {
      case "DescribeSubscribersForNotification":
        return jsonAnswer({ Subscribers: subscribers.get(keyOf(input)) ?? [] });
      case "ListTagsForResource":
        return jsonAnswer({ ResourceTags: tags.get(nameOf(input)) ?? [] });
      case "UpdateBudget":
        return update(call, forward, input);
      default: {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        if (call.operation === "CreateBudget") {
          const { BudgetName } = (input.Budget ?? {}) as JsonObject;
          tags.set(String(BudgetName), (input.ResourceTags ?? []) as unknown[]);
        }
        if (call.operation === "CreateNotification") {
          subscribers.set(keyOf(input), (input.Subscribers ?? []) as unknown[]);
          const name = String(input.BudgetName);
          notifications.set(name, [...(notifications.get(name) ?? []), input]);
        }
        if (call.operation === "DeleteNotification") {
          const name = String(input.BudgetName);
          const others = (notifications.get(name) ?? []).filter((each) => keyOf(each) !== keyOf(input));
          notifications.set(name, others);
        }
        return answer;
      }
    }
  };
}

function renamed(call: Call, operation: string, input: JsonObject): Call {
  const target = (call.headers["x-amz-target"] ?? "").replace(/\w+$/, operation);
  return {
    ...withRequestBody(call, JSON.stringify(input)),
    operation,
    headers: { ...call.headers, "x-amz-target": target },
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
