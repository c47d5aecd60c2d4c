import { isObject } from "../../contract/json";
import { constructPath, resourcesOf, type TerraformJson } from "../../contract/terraform-json";
import { splitAddress } from "../terraform/plan-json";

/** Maps an address to a readable name: the construct's path below its stack. */
export type NameOf = (address: string) => string;

/** Reads the construct paths that cdktf writes to the synthesized stack. */
export function constructNames(synthesized: unknown): NameOf {
  const resources = resourcesOf((isObject(synthesized) ? synthesized : {}) as TerraformJson);
  const names = new Map(resources.map(({ address, values }) => [address, constructPath(values)]));
  return (address) => {
    const { resource, key } = splitAddress(address);
    const name = names.get(resource);
    return name ? `${name}${key}` : fromAddress(resource, key);
  };
}

/** A resource that is no longer in the code has only its address: `networking_a_nat-eip_E5548687`. */
function fromAddress(resource: string, key: string): string {
  const id = resource.slice(resource.indexOf(".") + 1);
  const [, path] = /^(.*)_[0-9A-F]{8}$/.exec(id) ?? [];
  return `${path === undefined ? id : path.replaceAll("_", "/")}${key}`;
}
