import { isObject } from "../../contract/json";
import { splitAddress } from "../terraform/plan-json";

/** Whether something other than this code manages the attribute, so that its changes are not drift. */
export type LeftToOthers = (address: string, attribute: string) => boolean;

/**
 * Applies to resources with `ignore_changes`: the ignored attributes, and those that the code does not set. An uploaded
 * object, for example, brings its own `etag` and `version_id`. Without `ignore_changes` the code manages everything.
 *
 * @param synthesized `cdk.tf.json` of the stack
 */
export function leftToOthers(synthesized: unknown): LeftToOthers {
  const resources = isObject(synthesized) && isObject(synthesized.resource) ? synthesized.resource : {};
  return (address, attribute) => {
    const [type, id] = splitAddress(address).resource.split(".") as [string, string];
    const byId = resources[type];
    const block = isObject(byId) ? byId[id] : undefined;
    if (!isObject(block) || !isObject(block.lifecycle)) return false;
    const ignored = block.lifecycle.ignore_changes;
    if (ignored === "all") return true;
    return (
      Array.isArray(ignored) && ignored.length > 0 && (ignored.includes(attribute) || !(attribute in block))
    );
  };
}
