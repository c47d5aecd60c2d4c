import { withoutTokenTraces } from "../../stacks/token-traces";

const { captureStackTrace } = Error;

it("leaves out noted call stacks, keeps those of errors, and puts everything back", () => {
  const { noted, error } = withoutTokenTraces(() => {
    const noted = { stack: "" };
    Error.captureStackTrace(noted);
    return { noted, error: new Error("kept") };
  });
  expect(noted.stack).toBe("");
  expect(error.stack).toContain("token-traces.test.ts");
  expect(Error.captureStackTrace).toBe(captureStackTrace);
});

it("puts everything back when the work fails", () => {
  expect(() =>
    withoutTokenTraces(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(Error.captureStackTrace).toBe(captureStackTrace);
});
