import { withoutTokenTraces } from "../../stacks/token-traces";

const { captureStackTrace } = Error;

it("omits the stack traces of tokens, keeps those of errors, and restores everything", () => {
  const { noted, error } = withoutTokenTraces(() => {
    const noted = { stack: "" };
    Error.captureStackTrace(noted);
    return { noted, error: new Error("kept") };
  });
  expect(noted.stack).toBe("");
  expect(error.stack).toContain("token-traces.test.ts");
  expect(Error.captureStackTrace).toBe(captureStackTrace);
});

it("restores everything when the callback throws", () => {
  expect(() =>
    withoutTokenTraces(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(Error.captureStackTrace).toBe(captureStackTrace);
});
