import { renderHtml } from "../../../operations/review/html";
import { renderMarkdown } from "../../../operations/review/markdown";
import { buildReport } from "../../../operations/review/report";
import { createOf, planOf, resource, stackOf, updateOf } from "../../support/change";
import { examples } from "../../support/examples";

/** All of them take seven seconds of processor time on an idle machine; a busy one has colder caches. */
const RESOURCES = examples(20_000);
const SECRETS = RESOURCES / 4;
const LONGEST_CPU_MS = examples(30_000);

it("thousands of resources and secrets are reported in seconds", () => {
  const secret = (i: number) => `s3cr3t-${i.toString(36)}-value/${i * 7919}`;
  const resources = Array.from({ length: RESOURCES }, (_, i) => {
    const policy = JSON.stringify({ Statement: [{ Action: ["s3:Get"], Resource: `arn:aws:s3:::b-${i}/*` }] });
    const after = {
      name: `n-${i}`,
      policy,
      tags: { Name: `n-${i}`, note: `uses ${secret(i % SECRETS)} here` },
      ...(i < SECRETS && { password: secret(i) }),
    };
    const id = `arn:aws:x:us-east-1:123456789012:thing/${i}`;
    return i % 2 === 0
      ? resource(`aws_x.r${i}`, createOf(after, { after_sensitive: { password: true } }))
      : resource(`aws_x.r${i}`, updateOf({ ...after, id, name: `old-${i}` }, { ...after, id }));
  });
  const started = process.cpuUsage();
  const report = buildReport([stackOf(planOf(resources))], { app: "a" });
  const texts = [renderMarkdown(report), renderHtml(report)];
  const tookMs = process.cpuUsage(started).user / 1000;
  expect(report.stacks[0]!.resources).toHaveLength(RESOURCES);
  expect(texts.filter((text) => text.includes("s3cr3t"))).toEqual([]);
  expect(tookMs).toBeLessThan(LONGEST_CPU_MS);
});
