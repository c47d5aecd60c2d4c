import type { Rule } from "./rule";

/** `timestamp()` changes with every plan; only `terraform_data` may hold it, because it can ignore the change. */
export const noTimestamp: Rule = function* (resources) {
  for (const { type, address, values: args } of resources) {
    if (type !== "terraform_data" && JSON.stringify(args).includes("timestamp()")) {
      yield {
        address,
        message: "timestamp() makes a change in every plan: keep the time in a terraform_data.",
      };
    }
  }
};
