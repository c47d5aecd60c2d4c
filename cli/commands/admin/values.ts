import { BOX_TERMS } from "../../../contract/admin-box";
import { formatDuration, parseDuration } from "../../../contract/duration";
import { UserError } from "../../../contract/user-error";

/** Values of the options of `automock admin`. Each throws UserError for what it does not take. */

/** CloudTrail keeps events for 90 days: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
const MAX_SINCE_MS = 90 * 86_400_000;
/** Maximum length of a tag's value, and of the reason of a session. */
const MAX_REASON = 256;

export function hoursOf(text: string): number {
  const hours = parseDuration(text, "--for") / 3_600_000;
  if (hours <= BOX_TERMS.maxHours) return hours;
  throw new UserError(`--for is "${text}"; a box lives at most ${BOX_TERMS.maxHours}h from its launch.`);
}

export function sinceOf(text: string): number {
  const since = parseDuration(text, "--since");
  if (since <= MAX_SINCE_MS) return since;
  throw new UserError(`--since is "${text}"; CloudTrail keeps events for ${formatDuration(MAX_SINCE_MS)}.`);
}

export function reasonOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (/\p{Cc}/u.test(text)) throw new UserError("--reason has a line break or another control character.");
  if (text.length <= MAX_REASON) return text;
  throw new UserError(`--reason has ${text.length} characters; AWS keeps at most ${MAX_REASON}.`);
}

export function hostAndPort(target: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^([a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?):(\d{1,5})$/.exec(target) ?? [];
  if (host === undefined) {
    throw new UserError(`"${target}" is not a host and port; write for example db.internal:5432.`);
  }
  return { host, port: portOf(port!, "The port of the target") };
}

export function portOf(text: string, name: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UserError(`${name} is "${text}"; write a port from 1 to 65535.`);
}
