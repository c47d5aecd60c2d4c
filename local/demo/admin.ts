import type { Automock } from "./commands";

/** A box with a shell that ends with its input, then one that stays: a command on it, its extension and its end. */
export async function useBoxes(automock: Automock): Promise<void> {
  await automock("admin", "up", "--reason", "INC-42");
  await automock("admin", "up", "--no-connect", "--for", "2h", "--reason", "reindex");
  await automock("admin", "run", "-", "--", "echo $((6*7)) from $(pwd)");
  await automock("admin", "extend", "--by", "1h");
  await automock("admin", "list");
  await automock("admin", "down");
  await automock("admin", "list");
  await automock("admin", "audit", "--since", "1h");
}
