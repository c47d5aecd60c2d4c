/** Who may import whom (docs/adr/0002). @type {import("dependency-cruiser").IConfiguration} */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ["core"] },
});

const LIBRARIES = "node_modules/(?!cdktf|@cdktf|constructs|@aws-sdk)|^tsx$|node_modules/tsx";
const CDKTF = "node_modules/(cdktf|@cdktf|constructs)/";
const SDK = "node_modules/@(aws-sdk|smithy)/";

/** What each room of operations/ knows of the others. */
const OPERATIONS = {
  aws: [],
  terraform: [],
  costs: ["terraform"],
  review: ["costs", "terraform"],
  diagrams: ["terraform"],
  expectations: [],
  leases: ["costs", "aws"],
  status: ["leases"],
  delivery: ["review", "costs", "terraform", "aws"],
};

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    only(
      "contract-is-pure",
      "^contract/",
      ["^contract/"],
      "shared by modules, Lambda and CLI: no cdktf, no SDK",
    ),
    only("environments-know-only-the-contract", "^environments/", [
      "^environments/",
      "^contract/",
      LIBRARIES,
    ]),
    only("modules-know-no-stack", "^modules/", ["^modules/", "^contract/", CDKTF]),
    only("stacks", "^stacks/", ["^stacks/", "^modules/", "^environments/", "^contract/", CDKTF]),
    only("main", "^main[.]ts$", ["^stacks/", "^environments/", "^lambda/[^/]+/build[.]ts$", CDKTF]),
    only("lambda-core-is-pure", "^lambda/[^/]+/core/", ["^lambda/[^/]+/core/", "^contract/"]),
    only("lambda", "^lambda/", ["^lambda/", "^contract/", SDK, LIBRARIES]),
    only("operations", "^operations/", [
      "^operations/",
      "^registry/",
      "^cleanup/",
      "^environments/",
      "^contract/",
      SDK,
      LIBRARIES,
    ]),
    ...Object.entries(OPERATIONS).map(([room, known]) =>
      only(`operations-${room}`, `^operations/${room}/`, [
        `^operations/(${[room, ...known].join("|")})/`,
        "^operations/[^/]+[.]ts$",
        "^(registry|cleanup|environments|contract)/",
        SDK,
        LIBRARIES,
      ]),
    ),
    only("cli", "^cli/", [
      "^cli/",
      "^local/session[.]ts$",
      "^operations/",
      "^registry/",
      "^cleanup/",
      "^environments/",
      "^contract/",
      SDK,
      LIBRARIES,
    ]),
    only("local", "^local/", [
      "^local/",
      "^operations/",
      "^registry/",
      "^cleanup/",
      "^environments/",
      "^contract/",
      SDK,
      LIBRARIES,
    ]),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node_modules|cdktf[.]out|coverage|[.]venv)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
