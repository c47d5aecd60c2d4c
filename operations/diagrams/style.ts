/** Colours and fonts. Every rule begins with the picture's class: inside of an HTML page it touches nothing else. */
const RULES: readonly string[] = [
  "{max-width:100%;height:auto;--page:#fff;--ink:#1f2328;--soft:#59636e;--box:#fff;--rule:#8c959f;--traffic:#1f2328;--signal:#9a6700;--grant:#0969da;--region:#f6f8fa;--vpc:#fff;--public:#e6f4ea;--private:#e8f0fe;--isolated:#f3ecfb;font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}",
  ".page{fill:var(--page)}",
  "text{fill:var(--ink);font-size:11px}",
  ".heading{font-size:17px;font-weight:600}",
  ".title{font-size:12px;font-weight:600}",
  ".name{font-size:11.5px}",
  ".line{fill:var(--soft)}",
  ".container-title{font-size:12.5px;font-weight:600}",
  ".container{stroke:var(--rule);fill:var(--region)}",
  ".container.vpc{fill:var(--vpc);stroke-width:1.5}",
  ".container.public{fill:var(--public);stroke:none}",
  ".container.private{fill:var(--private);stroke:none}",
  ".container.isolated{fill:var(--isolated);stroke:none}",
  ".node rect{fill:var(--box);stroke:var(--rule)}",
  ".glyph{fill:none;stroke:var(--ink);stroke-width:1.1;stroke-linejoin:round;stroke-linecap:round}",
  ".edge{fill:none;stroke-width:1.4}",
  ".edge.traffic{stroke:var(--traffic);stroke-width:1.8}",
  ".edge.signal{stroke:var(--signal);stroke-dasharray:1.5 3.5;stroke-linecap:round}",
  ".edge.grant{stroke:var(--grant);stroke-dasharray:6 4}",
  "marker.traffic path{fill:var(--traffic)}",
  "marker.signal path{fill:var(--signal)}",
  "marker.grant path{fill:var(--grant)}",
  ".label.traffic{fill:var(--traffic);font-weight:600}",
  ".label.signal{fill:var(--signal)}",
  ".label.grant{fill:var(--grant)}",
];

const DARK =
  "{--page:#0d1117;--ink:#e6edf3;--soft:#9198a1;--box:#151b23;--rule:#656c76;--traffic:#e6edf3;--signal:#d29922;--grant:#58a6ff;--region:#11161d;--vpc:#0d1117;--public:#12261b;--private:#121d33;--isolated:#221a33}";

const ROOT = ".stack-diagram";

export const STYLE = [
  ...RULES.map((rule) => `${ROOT}${rule.startsWith("{") ? "" : " "}${rule}`),
  `@media (prefers-color-scheme:dark){${ROOT}${DARK}}`,
].join("\n");
