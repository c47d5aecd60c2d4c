import type { Place } from "./names";
import { reaperNames } from "./reaper";

/** Last part of the alias of the key that encrypts databases and their backups. */
export const DATABASE_KEY_PURPOSE = "databases";

/**
 * Alias of the key that encrypts the databases of an account and region, and their backups. It belongs to the bootstrap
 * stack, because snapshots and backups outlive the stack of their database and need the key.
 */
export function databaseKeyAlias({ accountId, region }: Place): string {
  return `alias/${reaperNames(accountId, region).names.name("keyAlias", DATABASE_KEY_PURPOSE)}`;
}
