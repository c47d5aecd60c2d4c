import { MARKER_ID, nearest, traceOf, type LogEntry } from "../../../../operations/expectations/server/trace";

const rejected = (id: string, ...because: string[]): LogEntry => ({ type: "EXPECTATION_NOT_MATCHED", expectation: { id }, because }); // prettier-ignore

it("tells which expectation answered, and what the ones before it did not match", () => {
  const trace = traceOf([
    { type: "RECEIVED_REQUEST" },
    rejected(MARKER_ID, "path didn't match: ", "", "  x"),
    rejected(
      "a",
      "method matched",
      "path didn't match: ",
      "",
      "  string or regex match failed expected:",
      "",
      "    /a",
    ),
    rejected("a", "method matched"),
    { type: "EXPECTATION_MATCHED" },
    { type: "EXPECTATION_RESPONSE", expectationId: "b" },
  ]);
  expect(trace).toEqual({
    answeredBy: "b",
    ended: true,
    rejected: [
      {
        id: "a",
        matched: 1,
        differences: [{ part: "path", detail: "  string or regex match failed expected:\n    /a" }],
      },
    ],
  });
});

it("takes the one with the fewest differences and the most matches for the nearest", () => {
  const trace = traceOf([
    rejected("a", "method didn't match: ", "  POST"),
    rejected("b", "method matched", "path matched", "headers didn't match: ", "  X"),
    rejected("c", "method matched", "path didn't match: ", "  /c"),
    { type: "NO_MATCH_RESPONSE" },
  ]);
  expect([trace.ended, trace.answeredBy, nearest(trace)?.id]).toEqual([true, undefined, "b"]);
  expect(traceOf([]).ended).toBe(false);
  expect(nearest(traceOf([]))).toBeUndefined();
});
