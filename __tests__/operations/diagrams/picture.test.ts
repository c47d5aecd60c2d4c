import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { drawStack } from "../../../operations/diagrams/draw";
import { permanentEnvironments } from "../../support/environments";
import { parsedStacks } from "./stacks";

const FOLDER = join(__dirname, "..", "..", "..", "docs", "diagrams");
const stacks = parsedStacks();
const permanent = [...parsedStacks(permanentEnvironments)];

it("there is a picture of every permanent stack and no other file", () =>
  expect(readdirSync(FOLDER).sort()).toEqual(permanent.map(([id]) => `${id}.svg`).sort()));

it.each(permanent)("%s is drawn from today's stack (npm run diagrams rewrites it)", async (id, stack) =>
  expect(readFileSync(join(FOLDER, `${id}.svg`), "utf8")).toBe(await drawStack(stack, { title: id })),
);

describe("a picture", () => {
  const stack = stacks.get("task-api-prod");

  it("is the same for the same stack", async () =>
    expect(await drawStack(stack, { title: "a" })).toBe(
      await drawStack(structuredClone(stack), { title: "a" }),
    ));

  it("needs nothing from outside: no script, no image, no font, no link", async () => {
    const picture = await drawStack(stack, { title: "a" });
    expect(
      picture.match(/<script|<image|<foreignObject|@import|@font-face|href|\bon\w+=|url\((?!#)/g),
    ).toBeNull();
    expect(picture.match(/https?:[^"\s]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  });

  it("styles nothing but itself", async () => {
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(await drawStack(stack, { title: "a" }))!;
    const selectors = style!
      .replaceAll(/@media [^{]*\{/g, "")
      .split("}")
      .map((rule) => rule.split("{")[0]!.trim())
      .filter(Boolean);
    expect(selectors.filter((selector) => !/^\.stack-diagram( |$)/.test(selector))).toEqual([]);
    expect(selectors.length).toBeGreaterThan(20);
  });

  it("has other colours in the dark", async () =>
    expect(await drawStack(stack, { title: "a" })).toContain(
      "@media (prefers-color-scheme:dark){\n.stack-diagram .page{fill:#0d1117}",
    ));

  it("is said in words for those who do not see it", async () => {
    const picture = await drawStack(stack, { title: "The Task API" });
    expect(picture).toContain('role="img" aria-labelledby="d-the-task-api-title d-the-task-api-desc"');
    expect(picture).toContain('<title id="d-the-task-api-title">The Task API</title>');
    expect(picture).toContain(
      "ECS service on Fargate task-api-prod-task-api to RDS PostgreSQL 15 task-api-prod (5432, signs in).",
    );
  });

  it("names every arrow's head within itself, so that two pictures fit on one page", async () => {
    const picture = await drawStack(stack, { title: "one & two" });
    const used = new Set([...picture.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id));
    const made = new Set([...picture.matchAll(/<marker id="([^"]+)"/g)].map(([, id]) => id));
    expect(used).toEqual(made);
    expect([...made].sort()).toEqual(["d-one-two-grant", "d-one-two-signal", "d-one-two-traffic"]);
  });

  it("lists what has no box and rules without an arrow", async () => {
    const picture = await drawStack(
      {
        resource: {
          aws_sfn_state_machine: { s: {} },
          aws_vpc_security_group_ingress_rule: {
            r: {
              security_group_id: "sg-1",
              referenced_security_group_id: "sg-2",
              from_port: 1,
              to_port: 1,
              ip_protocol: "tcp",
              description: "<&>",
            },
          },
        },
      },
      { title: "a < b & c" },
    );
    expect(picture).toContain(">Also in the stack: 1 aws_sfn_state_machine.</text>");
    expect(picture).toContain("ingress 1 from a security group of another stack (&lt;&amp;&gt;)");
    expect(picture).toContain(">a &lt; b &amp; c</title>");
  });
});
