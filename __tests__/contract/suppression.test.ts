import { hasExpired, readSuppressed, suppressedText, suppressionFault } from "../../contract/suppression";

const SUPPRESSION = {
  rule: "openIngress",
  reason: "The partner has no fixed address (until May).",
  expires: "2027-01-31",
};

it("is read as it was written", () => {
  const finding = "aws_x.a: Open to the internet: only ports 80 and 443.";
  expect(readSuppressed(suppressedText(SUPPRESSION, finding))).toEqual({ suppression: SUPPRESSION, finding });
  expect(readSuppressed(finding)).toBeUndefined();
});

it.each([
  ["2027-01-31T23:59:59Z", false],
  ["2027-02-01T00:00:00Z", true],
])("at %s it has expired: %s", (at, expected) => expect(hasExpired(SUPPRESSION, at)).toBe(expected));

it.each([
  [{}, undefined],
  [{ reason: " " }, 'reason is " "; say in a sentence why the finding is accepted.'],
  [{ expires: "soon" }, 'expires is "soon"; use a day such as 2027-01-31.'],
  [{ expires: "2027-02-30" }, 'expires is "2027-02-30"; use a day such as 2027-01-31.'],
  [{ expires: "2027-1-3" }, 'expires is "2027-1-3"; use a day such as 2027-01-31.'],
])("%j: %s", (change, fault) => expect(suppressionFault({ ...SUPPRESSION, ...change })).toBe(fault));
