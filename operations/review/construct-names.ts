import { isObject } from "../../contract/json";
import { splitAddress } from "../terraform/plan-json";

/** Address to a name for people: the construct's path below its stack. */
export type NameOf = (address: string) => string;

/** Reads the construct paths that cdktf leaves in the synthesized stack. */
export function constructNames(synthesized: unknown): NameOf {
  const resources = isObject(synthesized) && isObject(synthesized.resource) ? synthesized.resource : {};
  const names = new Map<string, string>();
  for (const [type, byId] of Object.entries(resources)) {
    for (const [id, block] of Object.entries(isObject(byId) ? byId : {})) {
      const path = pathOf(block);
      if (path !== undefined) names.set(`${type}.${id}`, path.split("/").slice(1).join("/"));
    }
  }
  return (address) => {
    const { resource, key } = splitAddress(address);
    const name = names.get(resource);
    return name ? `${name}${key}` : fromAddress(resource, key);
  };
}

function pathOf(block: unknown): string | undefined {
  const note = isObject(block) ? block["//"] : undefined;
  const metadata = isObject(note) ? note.metadata : undefined;
  return isObject(metadata) && typeof metadata.path === "string" ? metadata.path : undefined;
}

/** Of a resource that is no longer in the code only the address is left: `networking_a_nat-eip_E5548687`. */
function fromAddress(resource: string, key: string): string {
  const id = resource.slice(resource.indexOf(".") + 1);
  const [, path] = /^(.*)_[0-9A-F]{8}$/.exec(id) ?? [];
  return `${path === undefined ? id : path.replaceAll("_", "/")}${key}`;
}
