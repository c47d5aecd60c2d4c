import { isObject } from "../../contract/json";
import type { Change } from "../terraform/plan-json";
import { clip } from "./lines";
import { parsed } from "./masking";
import { isSecurityMember } from "./resource-kinds";

/** Members of an attribute that decide who may reach it or what is kept, as `network_configuration.assign_public_ip`. */
export function nestedChanges(name: string, change: Change | undefined): string[] {
  const [before, after] = [change?.before, change?.after].map((values) =>
    isObject(values) ? membersOf(values[name], name) : new Map<string, string>(),
  ) as [Map<string, string>, Map<string, string>];
  const masked = [change?.before_sensitive, change?.after_sensitive].some(
    (mask) => mask === true || (isObject(mask) && mask[name] === true),
  );
  // Of a document that is not known as a whole nobody can say what changes in it.
  const isUnknownText =
    isObject(change?.after_unknown) &&
    change.after_unknown[name] === true &&
    isObject(change.before) &&
    typeof change.before[name] === "string";
  if (masked || isUnknownText) return [];
  // An object also has members, such as valueOf, that no plan gave it.
  const isOwn = isObject(change?.after_unknown) && Object.hasOwn(change.after_unknown, name);
  const unknown = isOwn ? JSON.stringify(change.after_unknown[name]) : "";
  const missing = unknown.includes("true") ? "(known after apply)" : "nothing";
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map(
      (path) =>
        `${path}: ${clip(before.get(path) ?? "nothing", 60)} → ${clip(after.get(path) ?? missing, 60)}`,
    );
}

/** Each relevant member by its path, as text; documents are opened. */
function membersOf(value: unknown, path: string, found = new Map<string, string>()): Map<string, string> {
  const content = typeof value === "string" ? parsed(value) : value;
  if (Array.isArray(content)) {
    content.forEach((each: unknown, i) =>
      membersOf(each, content.length > 1 ? `${path}[${i}]` : path, found),
    );
  } else if (isObject(content)) {
    for (const [key, member] of Object.entries(content)) {
      const inner = `${path}.${key}`;
      if (!isSecurityMember(key)) membersOf(member, inner, found);
      else if (member !== null && member !== "") found.set(inner, JSON.stringify(member));
    }
  }
  return found;
}
