import { isObject } from "../../contract/json";

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
  return (address) => names.get(withoutIndex(address)) || fromAddress(address);
}

function pathOf(block: unknown): string | undefined {
  const note = isObject(block) ? block["//"] : undefined;
  const metadata = isObject(note) ? note.metadata : undefined;
  return isObject(metadata) && typeof metadata.path === "string" ? metadata.path : undefined;
}

const withoutIndex = (address: string) => address.replace(/\[[^\]]*\]$/, "");

/** Of a resource that is no longer in the code only the address is left: `networking_a_nat-eip_E5548687`. */
function fromAddress(address: string): string {
  const id = address.slice(address.indexOf(".") + 1);
  const [, path, index = ""] = /^(.*)_[0-9A-F]{8}(\[[^\]]*\])?$/.exec(id) ?? [];
  return path === undefined ? id : `${path.replaceAll("_", "/")}${index}`;
}
