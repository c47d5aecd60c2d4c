import { counted } from "../../../contract/text";
import type { Explanation, PassedOver } from "../../../operations/expectations/explain";
import type { Colors } from "../../output";

export function formatExplanation(explanation: Explanation, colors: Colors): string {
  const { request, status, answeredBy, passed, others, nearest } = explanation;
  const lines = ({ id, why }: PassedOver) => [`  ${id}`, ...why.map((line) => `    ${line}`)];
  const outcome = status === undefined ? "the connection is dropped" : String(status);
  return [
    answeredBy === undefined
      ? `${request}: ${colors.red("no mock answers")} (${outcome}).`
      : `${request}: ${colors.green(answeredBy)} answers (${outcome}).`,
    ...(passed.length > 0 ? ["Tried before, for the same method and path:", ...passed.flatMap(lines)] : []),
    ...(nearest && passed.every(({ id }) => id !== nearest.id) ? ["The nearest:", ...lines(nearest)] : []),
    ...(others > 0
      ? [`${counted(others, "mock")} for another method or path ${others === 1 ? "was" : "were"} tried too.`]
      : []),
  ].join("\n");
}
