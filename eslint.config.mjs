import js from "@eslint/js";
import tseslint from "typescript-eslint";

const barrel = {
  name: "@cdktf/provider-aws",
  message: "The barrel loads every resource class: import @cdktf/provider-aws/lib/<resource>.",
};

export default tseslint.config(
  { ignores: ["node_modules", "cdktf.out", "coverage", ".venv", "__tests__/golden/**/*.json"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A construct registers itself in its scope: `new X(this, "id")` is how cdktf is written.
      "no-new": "off",
      "no-restricted-imports": ["error", { paths: [barrel] }],
    },
  },
  {
    // Synth is pure: the same input gives the same bytes.
    files: ["modules/**/*.ts", "stacks/**/*.ts", "environments/**/*.ts", "contract/**/*.ts", "main.ts"],
    ignores: ["environments/schema/write-schema.ts", "main.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        {
          name: "process",
          message: "Synth reads no environment variable: pass a value from the environment file.",
        },
        { name: "fetch", message: "Synth uses no network." },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Synth has no clock." },
        { object: "Math", property: "random", message: "Synth has no random." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Synth has no clock." },
      ],
    },
  },
  {
    files: ["cli/**/*.ts", "local/**/*.ts", "operations/**/*.ts"],
    ignores: ["operations/process.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "kill",
          message: "It throws if the process has ended: use signalTo or killGroup of operations/process.ts.",
        },
      ],
    },
  },
  {
    files: ["**/*.js", "**/*.cjs"],
    languageOptions: {
      globals: { module: "writable", require: "readonly", process: "readonly" },
      sourceType: "commonjs",
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
