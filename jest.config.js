/** The end-to-end tests, and coverage: each file in a global environment of its own. */
const isolated = {
  testEnvironment: "node",
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, sourceMaps: "inline" },
    ],
  },
  // Libraries that are ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!@secretlint/|@scalar/)"],
};

/** A thread loads CDKTF and the AWS provider's classes once for all its files: half the processor time. */
const shared = {
  runner: "<rootDir>/__tests__/support/unit-runner.mjs",
  setupFiles: ["<rootDir>/__tests__/support/unit-thread.mjs"],
};

const isDeep = process.env.TEST_DEEP === "1";
const forUnits = isDeep ? isolated : shared;

/** @param {string} displayName @param {object} how @param {string} testMatch @param {string[]} ignored */
const project = (displayName, how, testMatch, ignored = []) => ({
  displayName,
  ...how,
  setupFiles: [...(how.setupFiles ?? []), "<rootDir>/__tests__/support/fast-check.ts"],
  testMatch: [testMatch],
  testPathIgnorePatterns: ["/node_modules/", "/cdktf\\.out/", ...ignored],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out"],
});

/** @type {import("jest").Config} */
module.exports = {
  // With coverage V8 keeps every module of every test: at 1.5 GB the simulator's tests take six times as long.
  workerIdleMemoryLimit: "500MB",
  // The only limit of time: on a busy machine a test of a minute takes ten, and only one that hangs is a failure.
  testTimeout: 1_800_000,
  globalSetup: "<rootDir>/__tests__/support/global-setup.js",
  testSequencer: "<rootDir>/__tests__/support/sequencer.js",
  projects: [
    project("unit", forUnits, "<rootDir>/__tests__/**/*.test.ts", ["/__tests__/e2e/", "/__tests__/golden/"]),
    project("golden", forUnits, "<rootDir>/__tests__/golden/*.test.ts"),
    project("e2e", isolated, "<rootDir>/__tests__/e2e/*.test.ts"),
  ],
  // Costs memory and time and says the same each night; what a change leaves untested shows in its review.
  collectCoverage: isDeep,
  coverageProvider: "v8",
  collectCoverageFrom: [
    "contract/**/*.ts",
    "modules/**/*.ts",
    "environments/**/*.ts",
    "stacks/**/*.ts",
    "lambda/**/*.ts",
    "cleanup/**/*.ts",
  ],
  coverageReporters: ["text-summary", "lcovonly"],
  coverageThreshold: { global: { lines: 90, branches: 90 } },
};
