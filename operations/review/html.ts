import { anchor, pill, stackDetails } from "./html-stack";
import { STYLE } from "./html-style";
import { Markup, markup } from "./html-text";
import type { AttentionItem, Counts, Report, StackReport } from "./model";
import {
  groupAttention,
  groupedWhy,
  policyText,
  shortDigest,
  stateText,
  sumOfDeltas,
  TABLE_HEAD,
  timeText,
  usdDelta,
  sourcesOf,
  VERDICT_WORD,
  type AttentionGroup,
} from "./words";

/** Blocks every request and script, whatever a value in the plan contains. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The report as one self-contained page, without scripts or requests. */
export function renderHtml(report: Report): string {
  const { app, verdict, stacks, unchangedStacks, failed, notes } = report;
  const { commits, heads } = sourcesOf(report);
  const created = [...new Set(stacks.map(({ meta }) => timeText(meta.createdAt)))];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${verdict.title} · plan of ${app}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<header class="card verdict ${verdict.level}">
<div class="word">${VERDICT_WORD[verdict.level]}</div>
<h1>${verdict.title}</h1>
<div class="soft">Plan of ${app}${heads.map((head) => markup`, push <code>${head.slice(0, 12)}</code>`)}${commits.map((commit) => markup`, commit <code>${commit.slice(0, 12)}</code>`)}${created.length > 0 && `, ${created.join(" and ")}`}</div>
${tiles(stacks)}
</header>
${notes.map((note) => markup`<p class="card">${note}</p>`)}
${failed.map(({ stack, error }) => markup`<section class="card verdict error"><div class="word">Not planned</div><h3>${stack}</h3><pre>${error}</pre></section>`)}
${attention(stacks)}
${stacks.length > 0 && table(stacks)}
${unchangedStacks.length > 0 && markup`<p class="soft">Not planned, because nothing changed there: ${unchangedStacks.join(", ")}.</p>`}
${stacks.length > 0 && markup`<h2>Changes</h2>${stacks.map(stackDetails)}`}
${footer(stacks)}
</main>
</body>
</html>
`.text;
}

const TILES: readonly (readonly [keyof Counts, string])[] = [
  ["replace", "replace"],
  ["destroy", "destroy"],
  ["forget", "forget"],
  ["change", "changed"],
  ["add", "add"],
  ["import", "import"],
  ["move", "move"],
  ["drift", "drifted"],
];

function tiles(stacks: readonly StackReport[]): Markup | undefined {
  const items = TILES.flatMap(([key, style]) => {
    const count = stacks.reduce((sum, { counts }) => sum + counts[key], 0);
    return count === 0 ? [] : [markup`<li><b>${count}</b> <span class="pill ${style}">${key}</span></li>`];
  });
  const costs = stacks.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  if (costs.length > 0) {
    items.push(markup`<li><b>${usdDelta(sumOfDeltas(costs))}</b> per month</li>`);
  }
  return items.length === 0 ? undefined : markup`<ul class="tiles">${items}</ul>`;
}

function attention(stacks: readonly StackReport[]): Markup | undefined {
  const parts = stacks.flatMap((report) => {
    const { single, groups } = groupAttention(report.attention);
    const findings = report.policy.filter(({ level }) => level !== "info");
    if (
      report.blocked.length + report.warnings.length + findings.length + single.length + groups.length ===
      0
    )
      return [];
    return [
      markup`<div class="card"><h3><a href="#${anchor(report.stack)}">${report.stack}</a></h3><ul class="attention">
${report.blocked.map((text) => markup`<li class="blocked">${text}</li>`)}
${findings.map(({ level, constructPath, message }) => markup`<li class="level-${level}"><span class="pill level-${level}">policy ${level}</span> <code>${constructPath}</code><div class="why"><span>${message}</span></div></li>`)}
${report.warnings.map((text) => markup`<li class="level-warning"><span class="pill level-warning">warning</span> ${text}</li>`)}
${single.map(attentionItem)}${groups.map(attentionGroup)}</ul></div>
`,
    ];
  });
  return parts.length === 0 ? undefined : markup`<h2>Needs attention</h2>${parts}`;
}

const TONE: Readonly<Record<AttentionItem["kind"], string>> = {
  stateful: "destroy",
  destroy: "destroy",
  replace: "replace",
  forget: "forget",
  drift: "drifted",
  security: "level-info",
  follows: "",
  revision: "",
};

function attentionItem({ kind, action, name, type, why, loud }: AttentionItem): Markup {
  return markup`<li class="${loud ? "destroy" : TONE[kind]}">${pill(action)} <code>${name}</code> <span class="type">${type}</span>${
    why.length > 0 && markup`<div class="why">${why.map((clause) => markup`<span>${clause}</span>`)}</div>`
  }</li>
`;
}

function attentionGroup({ title, items }: AttentionGroup): Markup {
  const names = items.map((item) => {
    const why = groupedWhy(item);
    return markup`<li><code>${item.name}</code>${why !== "" && ` (${why})`}</li>`;
  });
  return markup`<li><details><summary>${title}</summary><div class="body"><ul>${names}</ul></div></details></li>
`;
}

function table(stacks: readonly StackReport[]): Markup {
  const rows = stacks.map((report) => {
    const { counts, cost, meta, stack, level } = report;
    const number = (label: string, count: number, loud = false) =>
      markup`<td class="${count === 0 ? "zero" : loud ? "loud" : ""}" data-label="${label}">${count}</td>`;
    return markup`<tr><td class="name ${level}"><a href="#${anchor(stack)}"><b>${stack}</b></a></td>${number("Add", counts.add)}${number("Change", counts.change)}${number("Replace", counts.replace, true)}${number("Destroy", counts.destroy, true)}${number("Move, import, forget", counts.move + counts.import + counts.forget)}${number("Drift", counts.drift, true)}<td data-label="Cost per month">${cost === undefined ? "unknown" : usdDelta(cost.usdMonthlyDelta)}</td><td data-label="Policy">${policyText(report)}</td><td data-label="Plan"><code>${shortDigest(meta.digest)}</code></td></tr>
`;
  });
  return markup`<h2>Stacks</h2><div class="card"><table class="stacks"><thead><tr>${TABLE_HEAD.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function footer(stacks: readonly StackReport[]): Markup | undefined {
  const listed = stacks.filter(({ level }) => level !== "none");
  if (listed.length === 0) return undefined;
  return markup`<footer><h2>${listed.some(({ blocked }) => blocked.length === 0) ? "Apply exactly these plans" : "Plans"}</h2>${listed.map(
    (report) => {
      const { stack, blocked, applyCommand, meta, accountId, region } = report;
      return markup`<div class="card"><h3>${stack}</h3>${
        blocked.length > 0
          ? markup`<p>Must not be applied: ${blocked.join(" ")}</p>`
          : markup`<pre class="command">${applyCommand}</pre>`
      }<dl><dt>Account</dt><dd>${accountId}, ${region}</dd><dt>Plan</dt><dd><code>${meta.digest}</code></dd><dt>State</dt><dd>${stateText(report)}</dd><dt>Planned</dt><dd>${timeText(meta.createdAt)}, Terraform ${meta.terraformVersion}${meta.commit !== undefined && `, commit ${meta.commit}`}</dd><dt>Valid until</dt><dd>${timeText(meta.expiresAt)}</dd></dl></div>
`;
    },
  )}</footer>`;
}
