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

/** What each module knows of the others, besides `shared`. */
const MODULES = {
  shared: [],
  "access-logs": [],
  "config-bucket": [],
  database: ["iam", "networking"],
  ecs: ["iam", "networking"],
  iam: [],
  "image-repository": [],
  mockserver: ["ecs", "monitoring"],
  monitoring: [],
  networking: [],
  ssl: [],
  "state-backend": [],
  "test-environments": ["iam"],
  "ttl-cleanup": ["iam", "monitoring"],
  waf: [],
  "web-service": ["access-logs", "ecs", "iam", "monitoring", "networking", "ssl", "waf"],
};

/** What each room of operations/ knows of the others. */
const OPERATIONS = {
  aws: [],
  terraform: [],
  costs: ["terraform"],
  notices: [],
  review: ["costs", "terraform"],
  diagrams: ["terraform"],
  // The rules for secrets.
  expectations: ["review"],
  "control-plane": [],
  images: [],
  leases: ["costs", "aws"],
  status: ["leases"],
  "test-environments": ["aws"],
  delivery: ["review", "costs", "terraform", "aws"],
};

/** Every room that the command uses. */
const ROOMS_BELOW = [
  "cleanup",
  "contract",
  "environments",
  "lambda",
  "modules",
  "operations",
  "pricing",
  "registry",
  "stacks",
];

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    only(
      "contract-is-pure",
      "^contract/",
      ["^contract/", "node_modules/zod/"],
      "shared by modules, Lambda and CLI: no cdktf, no SDK",
    ),
    only("environments-know-only-the-contract", "^environments/", [
      "^environments/",
      "^contract/",
      LIBRARIES,
    ]),
    only("modules", "^modules/", ["^modules/", "^contract/", "^registry/new-record[.]ts$", CDKTF]),
    ...Object.entries(MODULES).map(([room, known]) =>
      only(
        `modules-${room}`,
        `^modules/${room}/`,
        [
          `^modules/(${[room, "shared", ...known].join("|")})/`,
          "^contract/",
          // Terraform writes the first record of an environment, in the registry's own form.
          ...(room === "ttl-cleanup" ? ["^registry/new-record[.]ts$"] : []),
          CDKTF,
        ],
        "only web-service puts a whole service together",
      ),
    ),
    only("stacks", "^stacks/", ["^stacks/", "^modules/", "^environments/", "^pricing/", "^contract/", CDKTF]),
    {
      name: "systems-are-apart",
      comment: "what two stacks share is in modules/ or beside them, in stacks/",
      severity: "error",
      from: { path: "^stacks/([^/]+)/" },
      to: { path: "^stacks/[^/]+/", pathNot: ["^stacks/$1/", "^stacks/rules/"] },
    },
    only("main", "^main[.]ts$", [
      "^stacks/",
      "^environments/",
      "^contract/",
      "^lambda/[^/]+/build[.]ts$",
      CDKTF,
    ]),
    only(
      "pricing",
      "^pricing/",
      ["^pricing/", "^contract/"],
      "pure, so that synth can ask it as well as the command",
    ),
    only("cleanup", "^cleanup/", ["^cleanup/", "^contract/", SDK]),
    only(
      "cleanup-engine-is-pure",
      "^cleanup/engine/",
      ["^cleanup/engine/", "^contract/"],
      "it knows no SDK, no registry record and no Terraform: whoever has handlers and a clock can drive it",
    ),
    only("cleanup-resources", "^cleanup/resources/", ["^cleanup/(resources|engine|aws)/", "^contract/", SDK]),
    only(
      "cleanup-residual",
      "^cleanup/residual/",
      [
        "^cleanup/residual/",
        "^cleanup/engine/(classify|ownership|residual|resource)[.]ts$",
        "^cleanup/resources/resource-types[.]ts$",
        "^cleanup/aws/",
        "^contract/",
        SDK,
      ],
      "the proof that nothing is left shares only the rule of ownership with what deletes: it lists by itself",
    ),
    only("lambda", "^lambda/", ["^lambda/", "^cleanup/", "^registry/", "^contract/", SDK, LIBRARIES]),
    only("registry", "^registry/", ["^registry/", "^contract/", SDK]),
    only("lambda-core-is-pure", "^lambda/[^/]+/core/", [
      "^lambda/[^/]+/core/",
      "^cleanup/engine/",
      "^contract/",
    ]),
    {
      name: "lambda-adapters-know-nothing-of-each-other",
      severity: "error",
      comment: "world.ts puts them together",
      from: { path: "^lambda/[^/]+/(aws|terraform-state)/" },
      to: { path: "^lambda/[^/]+/(aws|terraform-state)/", pathNot: "^lambda/[^/]+/$1/" },
    },
    only("operations", "^operations/", [
      "^operations/",
      "^registry/",
      "^cleanup/",
      "^environments/",
      "^pricing/",
      "^contract/",
      SDK,
      LIBRARIES,
    ]),
    ...Object.entries(OPERATIONS).map(([room, known]) =>
      only(`operations-${room}`, `^operations/${room}/`, [
        `^operations/(${[room, ...known].join("|")})/`,
        "^operations/[^/]+[.]ts$",
        "^(registry|cleanup|environments|pricing|contract)/",
        SDK,
        LIBRARIES,
      ]),
    ),
    only("cli", "^cli/", [
      "^cli/",
      "^package[.]json$",
      "^local/session[.]ts$",
      "^operations/",
      "^registry/",
      "^cleanup/",
      "^environments/",
      "^pricing/",
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
      "^pricing/",
      "^contract/",
      SDK,
      LIBRARIES,
    ]),
    {
      name: "tests-mirror-the-tree",
      comment: "a test that needs a command lies in __tests__/cli",
      severity: "error",
      from: { path: `^__tests__/(${ROOMS_BELOW.join("|")})/` },
      to: { path: "^cli/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node_modules|cdktf[.]out|coverage|[.]venv)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
