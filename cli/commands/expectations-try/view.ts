import type { Answered } from "../../../operations/expectations/try";
import type { Colors } from "../../output";

/** `GET /pets 200 listPets.200`, or the nearest mock and why it did not answer. */
export function formatAnswered({ request, status, answeredBy, nearest }: Answered, colors: Colors): string {
  const head = `${request} ${status ?? "dropped"}`;
  if (answeredBy !== undefined) return `${head} ${colors.green(answeredBy)}`;
  if (!nearest) return `${head} ${colors.red("no mock")}`;
  return [
    `${head} ${colors.red("no mock")}; the nearest is ${nearest.id}:`,
    ...nearest.why.map((line) => `  ${line}`),
  ].join("\n");
}
