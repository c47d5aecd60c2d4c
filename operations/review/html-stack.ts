import { usd } from "../../contract/dollars";
import { counted } from "../../contract/text";
import { acceptedText } from "./accepted-findings";
import type { AttributeChange } from "./attribute-changes";
import { Markup, markup } from "./html-text";
import { clip, type DiffLine } from "./lines";
import type { Action, DriftReport, ResourceReport, StackReport } from "./model";
import { costSides, NOTHING_SHOWN, policyText, unknownReasons, unpricedTypes, usdDelta } from "./words";

/** A stack's section, folded. A link to a part of it unfolds the section. */
export function stackDetails(report: StackReport): Markup {
  const { stack, title, resources, drift, outputs } = report;
  const drifted = drift.length === 0 ? "" : `, ${drift.length} drifted`;
  return markup`<details class="stack"><summary>${stack} <span class="soft">${title}${drifted}</span></summary><div class="body" id="${anchor(stack)}">
${picture(report)}${resources.map(resourceDetails)}
${drift.length > 0 && markup`<h3>Changed outside of Terraform</h3>${drift.map(driftDetails)}`}
${outputs.length > 0 && markup`<h3>Outputs</h3>${diff(outputs)}`}
${cost(report)}${policy(report)}${accepted(report)}</div></details>
`;
}

export const anchor = (stack: string) => `stack-${stack.replaceAll(/[^\w-]/g, "-")}`;

/** An action's badge. "change" needs its own class because it is also a level. */
export function pill(action: Action | "drift" | "gone"): Markup {
  const names: Partial<Record<Action | "drift" | "gone", string>> = { change: "changed", drift: "drifted" };
  return markup`<span class="pill ${names[action] ?? action}">${action}</span>`;
}

function resourceDetails(resource: ResourceReport): Markup {
  const {
    action,
    name,
    type,
    attributes,
    knownAfterApply,
    movedFrom,
    importedId,
    address,
    stateful,
    because,
  } = resource;
  const isLost = stateful !== undefined;
  return markup`<details><summary>${pill(action)} <code>${name}</code> <span class="type">${type}${isLost && ` · ${stateful}`}</span></summary><div class="body">
<p class="soft"><code>${address}</code></p>${because !== undefined && markup`<p>Because of ${because}.</p>`}
${movedFrom !== undefined && markup`<p>Moved from <code>${movedFrom}</code>.</p>`}
${importedId !== undefined && markup`<p>Imported: <code>${importedId}</code>.</p>`}
${action === "change" && attributes.length === 0 ? markup`<p class="soft">${NOTHING_SHOWN}</p>` : diff(attributes)}
${knownAfterApply.length > 0 && markup`<p class="soft">Known after apply: ${knownAfterApply.join(", ")}.</p>`}</div></details>
`;
}

function driftDetails({ kind, name, type, attributes }: DriftReport): Markup {
  const what = kind === "gone" ? pill("gone") : pill("drift");
  return markup`<details><summary>${what} <code>${name}</code> <span class="type">${type}</span></summary><div class="body">${
    attributes.length === 0 ? markup`<p>It no longer exists.</p>` : diff(attributes)
  }</div></details>
`;
}

const SIGN_CLASS: Readonly<Record<DiffLine["sign"], string>> = { "+": "p", "-": "m", "!": "c", " ": "k" };

function diff(attributes: readonly AttributeChange[]): Markup {
  const lines = attributes.flatMap((attribute) => attribute.lines);
  if (lines.length === 0) return markup`<p class="soft">No attribute changes.</p>`;
  const spans = lines.map(
    ({ sign, text }) => markup`<span class="${SIGN_CLASS[sign]}">${sign} ${text}</span>`,
  );
  return markup`<pre class="diff">${spans}</pre>`;
}

/** An `<img>` can neither run scripts nor style the page. */
function picture({ diagramSvg, stack }: StackReport): Markup | undefined {
  if (diagramSvg === undefined) return undefined;
  const source = `data:image/svg+xml;base64,${Buffer.from(diagramSvg).toString("base64")}`;
  return markup`<details><summary>Picture of ${stack}</summary><div class="body"><div class="picture"><img src="${source}" alt="Architecture of ${stack} after this plan"></div></div></details>
`;
}

function cost({ cost: delta }: StackReport): Markup | undefined {
  if (delta === undefined) return undefined;
  const { usdMonthlyDelta, lines, priceRegion, checkedOn, note } = delta;
  const unknown = unknownReasons(delta);
  const rows = lines.map(
    ({ address, usdMonthlyBefore: before, usdMonthlyAfter: after, usdMonthlyDelta: change }) =>
      markup`<tr><td><code>${address}</code></td><td>${usd(before)}</td><td>${usd(after)}</td><td>${usdDelta(change)}</td></tr>`,
  );
  const types = unpricedTypes(delta).join(", ");
  const table = markup`<details><summary>${counted(lines.length, "resource changes", "resources change")} in price</summary><div class="body"><table><thead><tr><th>Resource</th><th>Before</th><th>After</th><th>Change</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
  return markup`<h3>Cost per month</h3>
<p><b>${costSides(delta)}</b> (${usdDelta(usdMonthlyDelta)}), with the fewest tasks. <span class="soft">Prices of ${priceRegion}, ${checkedOn}.${note !== undefined && ` ${note}`}</span></p>
${unknown.length > 0 && markup`<p>The difference is unknown, because there is no price for ${unknown.join(", ")}.</p>`}${lines.length > 0 && table}${types !== "" && markup`<p class="soft">Not priced: ${types}.</p>`}
`;
}

function policy(report: StackReport): Markup {
  const findings = report.policy.map(
    ({ level, constructPath, message }) =>
      markup`<li><span class="pill level-${level}">${level}</span> <code>${constructPath}</code>: ${clip(message, 2000)}</li>`,
  );
  return markup`<h3>Policy</h3><p>${policyText(report)}</p>${findings.length > 0 && markup`<ul class="plain">${findings}</ul>`}`;
}

function accepted({ accepted: findings }: StackReport): Markup | undefined {
  if (findings.length === 0) return undefined;
  const items = findings.map(
    (finding) => markup`<li><code>${finding.checks.join(", ")}</code>: ${acceptedText(finding)}</li>`,
  );
  return markup`<details><summary>${counted(findings.length, "scanner finding is", "scanner findings are")} accepted</summary><div class="body"><ul class="plain">${items}</ul></div></details>`;
}
