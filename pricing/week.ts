import type { JsonObject } from "../contract/json";
import { blocks } from "../contract/terraform-json";
import { number, text } from "./resource";

/** Average minimum number of tasks over a week of scheduled scaling. */

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

interface Step {
  readonly minute: number;
  readonly tasks: number;
}

/**
 * Average of the minimum number of tasks over a week. Only schedules of the form `cron(m h ? * DAYS *)` are supported;
 * with any other, the minimum without schedules is returned.
 */
export function weekOf(actions: readonly JsonObject[], least: number): number {
  const steps = actions.map(stepsOf);
  if (steps.length === 0 || steps.some((some) => some === undefined)) return least;
  const sorted = steps.flatMap((some) => some!).sort((a, b) => a.minute - b.minute);
  return sorted.reduce((sum, { minute, tasks }, i) => {
    const next = sorted[i + 1]?.minute ?? sorted[0]!.minute + WEEK_MINUTES;
    return sum + (tasks * (next - minute)) / WEEK_MINUTES;
  }, 0);
}

function stepsOf({ schedule, scalable_target_action }: JsonObject): Step[] | undefined {
  const tasks = number(blocks(scalable_target_action)[0]?.min_capacity);
  const match = /^cron\((\d+) (\d+) [?*] \* (\S+) \*\)$/.exec(text(schedule) ?? "");
  const days = match && daysOf(match[3]!);
  if (!days || tasks === undefined) return undefined;
  const minute = Number(match[2]) * 60 + Number(match[1]);
  return days.map((day) => ({ minute: day * DAY_MINUTES + minute, tasks }));
}

/** `MON-FRI`, `SAT,SUN`, `*`; 0 is Sunday. `undefined` if not supported. */
function daysOf(field: string): number[] | undefined {
  if (field === "*" || field === "?") return DAYS.map((_, day) => day);
  const days = field.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map((name) => DAYS.indexOf(name));
    if (from === -1 || to === -1) return [-1];
    const count = ((to! - from! + 7) % 7) + 1;
    return Array.from({ length: count }, (_, i) => (from! + i) % 7);
  });
  return days.includes(-1) ? undefined : days;
}
