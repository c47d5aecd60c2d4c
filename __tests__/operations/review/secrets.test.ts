import { renderHtml } from "../../../operations/review/html";
import { renderJson } from "../../../operations/review/json";
import { renderMarkdown } from "../../../operations/review/markdown";
import { buildReport } from "../../../operations/review/report";
import { plannedStacks } from "../../support/plans/plans";
import { SECRETS } from "../../support/plans/secrets-stack";

/** A secret that a database, a parameter, a task definition, a policy and outputs hold (a real plan). */

const stacks = plannedStacks("secrets");
const report = buildReport(
  stacks.map((stack) => ({
    ...stack,
    policy: [
      {
        level: "warning" as const,
        constructPath: "secrets/vault",
        message: `the password is ${SECRETS.first}`,
      },
    ],
    diagramSvg: `<svg xmlns="http://www.w3.org/2000/svg"><text>${SECRETS.second.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}</text></svg>`,
  })),
  {
    app: "a",
    failed: [{ stack: "other", error: `cannot connect to x://u:${encodeURIComponent(SECRETS.second)}@h` }],
  },
);

const html = renderHtml(report);
const RENDERED = {
  markdown: renderMarkdown(report),
  html,
  json: renderJson(report),
  "the picture in the page": Buffer.from(/base64,([^"]+)/.exec(html)![1]!, "base64").toString(),
};

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const formsOf = (secret: string): string[] => [
  secret,
  json(secret),
  json(json(secret)),
  encodeURIComponent(secret),
  encodeURIComponent(secret).toLowerCase(),
  Buffer.from(secret).toString("base64"),
  Buffer.from(secret).toString("base64url"),
  Buffer.from(secret).toString("hex"),
  secret.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  // A part of it that no form changes.
  ...(secret.match(/\w{6,}/g) ?? []),
];

describe.each(Object.entries(SECRETS))("the %s secret", (_, secret) => {
  it("is in the plan", () => expect(JSON.stringify(stacks)).toContain(json(json(secret)).slice(0, 10)));

  it.each(Object.entries(RENDERED))("leaves no trace in %s", (_name, text) => {
    expect(formsOf(secret).filter((form) => text.includes(form))).toEqual([]);
    expect(formsOf(secret).filter((form) => text.toLowerCase().includes(form.toLowerCase()))).toEqual([]);
  });
});

it("what is hidden is said to be hidden", () => {
  expect(RENDERED.markdown).toContain("! password: (sensitive) → (sensitive, changes)");
  expect(RENDERED.markdown).toContain(
    '! insecure_value: "postgres://app:(sensitive)@db.internal:5432/app" (a sensitive part changes)',
  );
  expect(RENDERED["the picture in the page"]).toContain("<text>(sensitive)</text>");
});
