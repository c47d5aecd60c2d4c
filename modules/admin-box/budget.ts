import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { Construct } from "constructs";
import { ADMIN_SYSTEM, type AdminNames } from "../../contract/admin-box";
import { TAG } from "../../contract/tags";

export interface BoxBudgetProps {
  readonly names: AdminNames;
  readonly monthlyUsd: number;
  /** Who is told, at most 10. Empty: the budget only shows. */
  readonly emails: readonly string[];
}

const PERCENT = [80, 100];
/** AWS allows no more per notification. */
const MOST_EMAILS = 10;

/**
 * A monthly budget for everything with the tag of admin boxes. AWS updates it a few times a day, so it informs; it
 * ends nothing. The tag must be activated as a cost allocation tag in the payer account. The first two budgets of an
 * account are free.
 */
export class BoxBudget extends Construct {
  constructor(scope: Construct, id: string, { names, monthlyUsd, emails }: BoxBudgetProps) {
    super(scope, id);
    new BudgetsBudget(this, "budget", {
      name: names.names.prefix,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: monthlyUsd.toFixed(1),
      limitUnit: "USD",
      costFilter: [{ name: "TagKeyValue", values: [`user:${TAG.system}$${ADMIN_SYSTEM}`] }],
      notification:
        emails.length === 0
          ? []
          : PERCENT.map((threshold) => ({
              comparisonOperator: "GREATER_THAN",
              notificationType: "ACTUAL",
              threshold,
              thresholdType: "PERCENTAGE",
              subscriberEmailAddresses: emails.slice(0, MOST_EMAILS),
            })),
      tags: { Name: names.names.prefix },
    });
  }
}
